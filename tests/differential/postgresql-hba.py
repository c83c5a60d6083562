"""PostgreSQL and plimsoll agree on the records of pg_hba.conf: `pg_hba_file_rules` shows what the server makes of each line.

Compared are type, databases, users, address with its mask, method, options and place of each record, those that never decide among them, and which lines the server refuses."""
import ipaddress
import json
import shutil
import socket

import differential
import postgres_server

SERVER = None
RECORDS = {}  # of the server, by line
TYPES = ["local", "host", "host", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"]
NAMES = ["all", "all", "replication", "sameuser", "samerole", "samegroup", "app", '"app"', '"all"', '"a b"', '"a,b"', '"a""b"', 'x"y z"', "a,b", "a, b", "a ,b", "a,b,", ",a", '"replication"', "+admins", '"+admins"', '""', "@names", "@names,app", "app,@names", '"@names"', "@",
         "App", "a#b", '"a#b"', "é", "postgres", '""""', 'a""b', "template1,postgres", "/^a", "@nested", "@empty", "@empty,app", "'a'", "a\\b"]
ADDRESSES = ["all", "samehost", "samenet", "127.0.0.1/32", "10.0.0.0/8", "0.0.0.0/0", "::1/128", "::/0", "fe80::/10", "192.168.1.7/24", "10.1.2.3 255.255.0.0", "127.0.0.1 255.255.255.255", "::1 ffff::", "example.org", ".example.org", "localhost", "Db-1",
             "10/8", "127.1/32", "0x7f.1/8", "2001:DB8::1/64", "::ffff:10.0.0.1/96", "010.0.0.1/32", "10.0.0.0/08", "10.0.0.0/+8"]
BAD_ADDRESSES = ["10.0.0.0", "10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0.0/x", "example.org/8", "10.0.0.0/-1", "10.0.0.0 ffff::", "::1 255.0.0.0", "10.0.0.0 8", "a,b", '"all"', '"samenet"', "10.0.0.0/255.0.0.0", "256.1.1.1/8", "1.2.3.4.5/8", "all/0", '"10.0.0.0/8"', '""', "10.0.0.0/8 255.0.0.0"]
METHODS = ["trust", "reject", "md5", "scram-sha-256", "scram-sha-256", "password", "gss", "ident", "peer", "pam", "cert", "ldap ldapserver=x ldapbasedn=dc=x", "radius radiusservers=10.0.0.1 radiussecrets=s",
           "ident map=m", "peer map=\"a b\"", "pam pamservice=x", "scram-sha-256 clientcert=verify-ca", "cert clientname=DN", "gss include_realm=0 krb_realm=X", "ldap ldapserver=\"a b\" ldapprefix=\"cn=\" ldapsuffix=\", dc=x\" ldaptls=1",
           "radius radiusservers=\"10.0.0.1,10.0.0.2\" radiussecrets=\"s,t\" radiusports=\"1,2\"", "cert map=x clientcert=verify-full", "pam pam_use_hostname=1", "ldap ldapscheme=ldaps ldapport=636 ldapbasedn=x ldapbinddn=b ldapbindpasswd=p ldapsearchattribute=uid"]
BAD_METHODS = ["Trust", "krb5", "sspi", "bsd", "md5,trust", "trust map=x", "md5 x", "md5 =", "md5 a=b", "cert clientcert=verify-ca", "md5 clientcert=1", "ldap", "ldap ldapserver=x", "ldap ldapprefix=a ldapbasedn=b", "radius", "radius radiusservers=10.0.0.1", "md5 clientname=XN", "", "radius radiusservers=10.0.0.1 radiussecrets=\"s,t\"",
               "ldap ldapport=x ldapbasedn=x", "ldap ldapbasedn=x ldapsearchattribute=a ldapsearchfilter=b", "gss map=x,y", "\"trust\"", "trust trust", "ident map=", "oauth", "radius radiusservers=10.0.0.1 radiussecrets=s radiusports=x", "ldap ldapscheme=foo ldapbasedn=x"]
ODD = ["", " ", "# x", "\t", "host", "host all", "host all all", "local all", "local all all", "foo all all trust", "Local all all trust", ",", '"', "local,host all all trust", '"local" all all trust', "@names", "@none", "host @none all all trust", "include names", "include_if_exists none", "local all all trust \\", "\\",
       "local all all \\\ntrust", "local all \\\n# x\n all trust", "loc\\\nal all all reject", "local all all md5\\\\\n\nlocal x all trust", "local all all trust\r", "local \"all all trust", "local " + "x" * 10239 + " all trust", "local " + "x" * 10240 + " all trust", "local all all trust # \\\nlocal x all trust"]
UNLIKELY = 0.03


def record(rng):
    if rng.random() < 0.12:
        return rng.choice(ODD[:4] + ODD[20:30] if rng.random() < 0.8 else ODD)
    kind = rng.choice(TYPES)
    fields = [kind, rng.choice(NAMES), rng.choice(NAMES)]
    if kind != "local":
        fields.append(rng.choice(BAD_ADDRESSES if rng.random() < UNLIKELY else ADDRESSES))
    method = rng.choice(BAD_METHODS if rng.random() < UNLIKELY else METHODS)
    if rng.random() > UNLIKELY and (kind == "local") != method.startswith(("peer", "ident")) and method.startswith(("peer", "ident", "gss")):
        method = "md5"
    if rng.random() > UNLIKELY and kind != "hostssl" and ("cert" in method or "clientname" in method):
        method = "reject"
    return rng.choice(["", "", " "]) + rng.choice([" ", "\t", "  ", " \t "]).join(fields) + rng.choice([" ", "\t"]) + method + rng.choice(["", "", " ", " # note", "#x", "\r"])


def generate(rng, root):
    conf = root / "etc/postgresql/15/main"
    shutil.rmtree(SERVER.conf)
    files = {"postgresql.conf": "hba_file = '/etc/postgresql/15/main/pg_hba.conf'\n", "pg_hba.conf": "\n".join(record(rng) for _ in range(rng.randint(1, 8))) + rng.choice(["\n", "\n", ""]), "names": rng.choice(["one, two\nthree\n", "\"all\" # x\nb\n", "one two,three\n@empty\n", "all\n"]),
             "nested": rng.choice(["@names\n", "x @sub/more\n", "@names,y\n"]), "empty": rng.choice(["", "# nothing\n"]), "sub/more": "@here z\n", "sub/here": "w\n"}
    for place in (conf, SERVER.conf):
        for name, text in files.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(text.encode())


def network(address, mask):
    """As numbers, with the mask in bits or as an address."""
    if address is None or mask in (None, ""):
        return address
    try:
        raw = socket.inet_aton(address)
    except OSError:
        raw = socket.inet_pton(socket.AF_INET6, address)
    try:
        bits = int(mask)
        whole = (1 << 8 * len(raw)) - 1
        mask = (whole ^ (whole >> bits)).to_bytes(len(raw), "big")
    except ValueError:
        mask = socket.inet_aton(mask) if len(raw) == 4 else socket.inet_pton(socket.AF_INET6, mask)
    return str(ipaddress.ip_address(raw)), mask.hex()


SECRETS = ("ldapbindpasswd", "radiussecrets")


def shown(values):
    """Without what the view leaves out, or only it has."""
    return sorted((name, value) for name, value in values.items() if value is not None and name not in ("clientname", "pam_use_hostname", "ldapscheme", "ldapscope") + SECRETS)


def options(method, given):
    """`name=value` as the view has them: the last of several, what follows from the method, and in its spelling."""
    values = dict(option.partition("=")[::2] for option in given)
    if method == "cert":
        values["clientcert"] = "verify-full"
    if method in ("gss", "sspi"):
        values["include_realm"] = "true" if values.get("include_realm", "1") in ("1", "true") else None
    for name in ("ldaptls", "pam_use_hostname"):
        if name in values:
            values[name] = "true" if values[name] in ("1", "true") else None
    return shown(values)


def oracle(root):
    fields = SERVER.ask("select line_number, type, to_json(database), to_json(user_name), address, netmask, auth_method, to_json(options) from pg_hba_file_rules order by line_number")
    rows = []
    for i in range(0, len(fields), 8):
        line, kind, database, user, address, mask, method, given = fields[i:i + 8]
        if not kind:
            rows.append((int(line), "refused"))
            continue
        given = json.loads(given) if given else []
        rows.append((int(line), kind, json.loads(database), json.loads(user), network(address or None, mask), method, shown(dict(option.partition("=")[::2] for option in given))))
    RECORDS.clear()
    RECORDS.update((row[0], row) for row in rows if len(row) > 2)
    return sorted(rows, key=str)


def mine(rows):
    out = []
    for row in rows:
        line = row["origin"]["line"]
        if row.get("shadowed"):
            # What never decides is told in one line; that the server takes it is what is compared.
            out.append(RECORDS.get(line, (line, "hidden")))
        elif row["error"]:
            out.append((line, "refused"))
        else:
            plain = [[word[1:-1] if word.startswith('"') and word.endswith('"') and len(word) > 2 else word for word in row[name]] for name in ("database", "user")]
            out.append((line, row["type"], *[[word.encode().decode("latin-1") for word in words] for words in plain], network(row.get("address"), row.get("mask")), row["method"], options(row["method"], row.get("options", []))))
    return sorted(out, key=str)


if __name__ == "__main__":
    SERVER = postgres_server.Server()
    differential.run("postgresql-hba", generate, oracle, mine, extra=("--shadowed",))
