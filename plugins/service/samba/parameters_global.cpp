#include "plugins/service/samba/parameters.h"

namespace plimsoll::samba {

// Columns: versions (`*` both), name, other names (`!`: the reverse), kind, default, values of a
// choice: `,` between them, `/` between spellings of one. `@name`: as on the row of that name.
std::string_view global_rows() {
  return R"(*|abort shutdown script||text
22|acl claims evaluation||enum|AD DC only|AD DC only,never
22|ad dc functional level||enum|2008_R2|2008_R2,2012,2012_R2,2016
*|add group script||text
*|additional dns hostnames||words
*|add machine script||text
*|addport command||text
*|addprinter command||text
*|add share command||text
*|add user script||text
*|add user to group script||text
*|afs token lifetime||int|604800
*|afs username map||text
*|aio max threads||int|100
*|algorithmic rid base||int|1000
*|allow dcerpc auth level connect||bool|No
*|allow dns updates||enum|secure only|disabled/No/False/0/Off,nonsecure and secure/nonsecure,secure only/secure/signed
*|allow insecure wide links||bool|No
*|allow nt4 crypto||bool|No
*|allow trusted domains||bool|Yes
*|allow unsafe cluster upgrade||bool|No
*|apply group policies||bool|No
*|async dns timeout||int|10
*|async smb echo handler||bool|No
*|auth event notification||bool|No
*|auto services|preload|text
*|binddns dir|bind dns directory|text|/var/lib/samba/bind-dns
*|bind interfaces only||bool|No
*|browse list||bool|Yes
*|cache directory||text|/var/cache/samba
*|change notify||bool|Yes
*|change share command||text
*|check password script||text
17|cldap port||int|389
*|client ipc max protocol||enum|default|@protocol
*|client ipc min protocol||enum|default|@protocol
*|client ipc signing||enum|default|@required
*|client lanman auth||bool|No
17|client ldap sasl wrapping||enum|seal|plain,sign,seal
22|client ldap sasl wrapping||enum|seal|plain,sign,seal,starttls,ldaps
*|client max protocol||enum|default|@protocol
*|client min protocol||enum|SMB2_02|@protocol
22|client netlogon ping protocol||enum|cldap|cldap,ldap,ldaps,starttls
*|client NTLMv2 auth||bool|Yes
*|client plaintext auth||bool|No
*|client protection||enum|default|default,plain,sign,encrypt
*|client schannel||enum|Yes|@auto
*|client signing||enum|default|@required
*|client smb encrypt||enum|default|@required
*|client smb3 encryption algorithms||list|AES-128-GCM, AES-128-CCM, AES-256-GCM, AES-256-CCM
*|client smb3 signing algorithms||list|AES-128-GMAC, AES-128-CMAC, HMAC-SHA256
*|client use kerberos||enum|desired|desired/auto,yes/required,no/disabled/off
22|client use krb5 netlogon||enum|default|No/False/0,Yes/True/1,Auto,default
17|client use spnego principal||bool|No
*|client use spnego||bool|Yes
*|cluster addresses||words
*|clustering||bool|No
*|config backend||enum|file|file,registry
*|config file||text
*|create krb5 conf||bool|Yes
*|ctdbd socket||text
*|ctdb locktime warn threshold||int|0
*|ctdb timeout||int|0
*|cups connection timeout||int|30
*|cups encrypt||enum|No|@auto
*|cups server||text
*|dcerpc endpoint servers||list|epmapper, wkssvc, samr, netlogon, lsarpc, drsuapi, dssetup, unixinfo, browser, eventlog6, backupkey, dnsserver
*|deadtime||int|10080
*|debug class||bool|No
*|debug encryption||bool|No
*|debug hires timestamp||bool|Yes
*|debug pid||bool|No
*|debug prefix timestamp||bool|No
17|debug syslog format||bool|No
22|debug syslog format||enum|No|No/False/0,in_logs/Yes/True/1,always
17|winbind debug traceid||bool|No
22|winbind debug traceid||bool|Yes
*|debug uid||bool|No
*|dedicated keytab file||text
*|default service|default|text
*|defer sharing violations||bool|Yes
*|delete group script||text
*|deleteprinter command||text
*|delete share command||text
*|delete user from group script||text
*|delete user script||text
*|dgram port||int|138
*|disable netbios||bool|No
*|disable spoolss|!enable spoolss|bool|No
22|dns hostname||text
*|dns forwarder||words
*|dns port||int|53
*|dns proxy||bool|Yes
*|dns update command||words|/usr/sbin/samba_dnsupdate
*|dns zone scavenging||bool|No
*|dns zone transfer clients allow||words
*|dns zone transfer clients deny||words
*|domain logons||bool|No
*|domain master||enum|Auto|@auto
*|dos charset||text|CP850
*|dsdb event notification||bool|No
*|dsdb group change notification||bool|No
*|dsdb password event notification||bool|No
*|enable asu support||bool|No
*|enable core files||bool|Yes
*|enable privileges||bool|Yes
*|encrypt passwords||bool|Yes
*|enhanced browsing||bool|Yes
*|enumports command||text
*|eventlog list||words
*|get quota command||text
*|getwd cache||bool|Yes
*|gpo update command||list|/usr/sbin/samba-gpupdate
*|guest account||text|nobody
22|himmelblaud hello enabled||bool|No
22|himmelblaud hsm pin path||text|/var/lib/himmelblaud/hsm-pin
22|himmelblaud sfa fallback||bool|No
*|host msdfs||bool|Yes
*|hostname lookups||bool|No
*|idmap backend||text|tdb
*|idmap cache time||int|604800
*|idmap gid|winbind gid|text
*|idmap negative cache time||int|120
*|idmap uid|winbind uid|text
*|include system krb5 conf||bool|Yes
*|init logon delay||int|100
*|init logon delayed hosts||words
*|interfaces||words
*|iprint server||text
*|kdc default domain supported enctypes||int|0
*|kdc enable fast||bool|Yes
*|kdc force enable rc4 weak session keys||bool|No
*|kdc supported enctypes||int|0
*|keepalive||int|300
*|kerberos encryption types||enum|all|all,strong,legacy
*|kerberos method||enum|default|default/secrets only/secretsonly,system keytab/systemkeytab,dedicated keytab/dedicatedkeytab,secrets and keytab/secretsandkeytab
*|kernel change notify||bool|Yes
*|kpasswd port||int|464
*|krb5 port||int|88
*|lanman auth||bool|No
*|large readwrite||bool|Yes
*|ldap admin dn||text
*|ldap connection timeout||int|2
*|ldap debug level||int|0
*|ldap debug threshold||int|10
*|ldap delete dn||bool|No
*|ldap deref||enum|auto|never,searching,finding,always,auto
*|ldap follow referral||enum|Auto|@auto
*|ldap group suffix||text
*|ldap idmap suffix||text
*|ldap machine suffix||text
*|ldap max anonymous request size||int|256000
*|ldap max authenticated request size||int|16777216
*|ldap max search request size||int|256000
*|ldap page size||int|1000
*|ldap passwd sync|ldap password sync|enum|no|no/off,yes/on,only
*|ldap replication sleep||int|1000
17|ldap server require strong auth||enum|Yes|No/False/0,allow_sasl_over_tls,Yes/True/1
22|ldap server require strong auth||enum|Yes|No/False/0,allow_sasl_over_tls,allow_sasl_without_tls_channel_bindings,Yes/True/1
*|ldap ssl||enum|start tls|no/off,start tls/start_tls
*|ldap suffix||text
*|ldap timeout||int|15
*|ldap user suffix||text
*|lm announce||enum|Auto|@auto
*|lm interval||int|60
*|load printers||bool|Yes
*|local master||bool|Yes
*|lock directory|lock dir|text|/run/samba
*|lock spin time||int|200
*|log file||text
*|logging||text
*|log level|debuglevel|text|1
*|log nt token command||text
*|logon drive||text
*|logon home||text|\\%N\%U
*|logon path||text|\\%N\%U\profile
*|logon script||text
*|log writeable files on exit||bool|No
*|lpq cache time||int|30
*|lsa over netlogon||bool|No
*|machine password timeout||int|604800
*|mangle prefix||int|1
*|mangling method||text|hash2
*|map to guest||enum|Never|Never,Bad User,Bad Password,Bad Uid
*|max disk size||bytes|0
*|max log size||bytes|5000
*|max mux||int|50
*|max open files||int
*|max smbd processes||int|0
*|max stat cache size||int|512
*|max ttl||int|259200
*|max wins ttl||int|518400
*|max xmit||bytes|16644
*|mdns name||enum|netbios|netbios,mdns
*|message command||text
*|min domain uid||int|1000
*|min receivefile size||bytes|0
*|min wins ttl||int|21600
*|mit kdc command||list
*|multicast dns register||bool|Yes
*|name cache timeout||int|660
*|name resolve order||words|lmhosts wins host bcast
*|nbt client socket address|socket address|text|0.0.0.0
*|nbt port||int|137
*|ncalrpc dir||text|/run/samba/ncalrpc
*|netbios aliases||words
*|netbios name||upper
*|netbios scope||upper
*|neutralize nt4 emulation||bool|No
*|nmbd bind explicit broadcast||bool|Yes
*|nsupdate command||words|/usr/bin/nsupdate -g
*|nt hash store||enum|always|auto,never,always
*|ntlm auth||enum|ntlmv2-only|disabled,ntlmv2-only/no/false/0,ntlmv1-permitted/yes/true/1,mschapv2-and-ntlmv2-only
*|nt pipe support||bool|Yes
*|ntp signd socket directory||text|/var/lib/samba/ntp_signd
*|nt status support||bool|Yes
*|null passwords||bool|No
*|obey pam restrictions||bool|No
*|old password allowed period||int|60
*|oplock break wait time||int|0
*|os2 driver map||text
*|os level||int|20
*|pam password change||bool|No
*|panic action||text
*|passdb backend||text|tdbsam
*|passdb expand explicit||bool|No
*|passwd chat||text|*new*password* %n\n *new*password* %n\n *changed*
*|passwd chat debug||bool|No
*|passwd chat timeout||int|2
*|passwd program||text
*|password hash gpg key ids||words
*|password hash userPassword schemes||words
*|password server||text|*
*|perfcount module||text
*|pid directory||text|/run/samba
*|preferred master|prefered master|enum|Auto|@auto
*|prefork backoff increment||int|10
*|prefork children||int|4
*|prefork maximum backoff||int|120
*|preload modules||words
*|printcap cache time||int|750
*|printcap name|printcap|text
*|private dir|private directory|text|/var/lib/samba/private
*|raw NTLMv2 auth||bool|No
*|read raw||bool|Yes
*|realm||text
*|registry shares||bool|No
22|reject aes netlogon servers||bool|No
*|reject md5 clients||bool|Yes
*|reject md5 servers||bool|Yes
*|remote announce||text
*|remote browse sync||text
*|rename user script||text
*|require strong key||bool|Yes
*|reset on zero vc||bool|No
*|restrict anonymous||int|0
*|root directory|root,root dir|text
*|rpc big endian||bool|No
*|rpc server dynamic port range||text|49152-65535
*|rpc server port||int|0
*|rpc start on demand helpers||bool|Yes
*|samba kcc command||words|/usr/sbin/samba_kcc
*|security||enum|AUTO|AUTO,USER,DOMAIN,ADS
*|server max protocol|max protocol,protocol|enum|SMB3|@protocol
*|server min protocol|min protocol|enum|SMB2_02|@protocol
*|server multi channel support||bool|Yes
22|server reject aes schannel||bool|No
*|server role||enum|auto|auto,standalone server/standalone,member server/member,classic primary domain controller,classic backup domain controller,active directory domain controller/domain controller/dc,IPA primary domain controller
*|server schannel||enum|Yes|@auto
*|server schannel require seal||bool|Yes
*|server services||list|s3fs, rpc, nbt, wrepl, ldap, cldap, kdc, drepl, winbindd, ntp_signd, kcc, dnsupdate, dns
*|server signing||enum|default|@required
*|server smb3 encryption algorithms||list|AES-128-GCM, AES-128-CCM, AES-256-GCM, AES-256-CCM
*|server smb3 signing algorithms||list|AES-128-GMAC, AES-128-CMAC, HMAC-SHA256
*|server string||text
22|server support krb5 netlogon||bool|No
*|set primary group script||text
*|set quota command||text
*|show add printer wizard||bool|Yes
*|shutdown script||text
*|smb1 unix extensions|unix extensions|bool|Yes
*|smb2 disable lock sequence checking||bool|No
*|smb2 disable oplock break retry||bool|No
*|smb2 leases||bool|Yes
*|smb2 max credits||int|8192
*|smb2 max read||bytes|8388608
*|smb2 max trans||bytes|8388608
*|smb2 max write||bytes|8388608
22|smb3 directory leases||enum|Auto|@auto
*|smbd profiling level||enum|off|off,count,on
*|smb passwd file||text|/etc/samba/smbpasswd
*|smb ports||words|445 139
*|socket options||text|TCP_NODELAY
*|spn update command||words|/usr/sbin/samba_spnupdate
*|stat cache||bool|Yes
*|state directory||text|/var/lib/samba
*|svcctl list||words
22|sync machine password script||text
22|sync machine password to keytab||words
*|syslog||int|1
*|syslog only||bool|No
*|template homedir||text|/home/%D/%U
*|template shell||text|/bin/false
*|time server||bool|No
*|timestamp logs|debug timestamp|bool|Yes
22|tls ca directories||list
*|tls cafile||text|tls/ca.pem
*|tls certfile||text|tls/cert.pem
*|tls crlfile||text
*|tls dh params file||text
*|tls enabled||bool|Yes
*|tls keyfile||text|tls/key.pem
*|tls priority||text|NORMAL:-VERS-SSL3.0
22|tls trust system cas||bool|No
*|tls verify peer||enum|as_strict_as_possible|no_check,ca_only,ca_and_name_if_available,ca_and_name,as_strict_as_possible
*|unicode||bool|Yes
*|unix charset||text|UTF-8
*|unix password sync||bool|No
*|use mmap||bool|Yes
*|username level||int|0
*|username map||text
*|username map cache time||int|0
*|username map script||text
*|usershare allow guests||bool|No
*|usershare max shares||int|100
*|usershare owner only||bool|Yes
*|usershare path||text|/var/lib/samba/usershares
*|usershare prefix allow list||words
*|usershare prefix deny list||words
*|usershare template share||text
*|utmp||bool|No
*|utmp directory||text
*|winbind cache time||int|300
*|winbindd socket directory||text|/run/samba/winbindd
*|winbind enum groups||bool|No
*|winbind enum users||bool|No
*|winbind expand groups||int|0
*|winbind max clients||int|200
*|winbind max domain connections||int|1
*|winbind nested groups||bool|Yes
*|winbind normalize names||bool|No
*|winbind nss info||words|template
*|winbind offline logon||bool|No
*|winbind reconnect delay||int|30
*|winbind refresh tickets||bool|No
*|winbind request timeout||int|60
*|winbind rpc only||bool|No
*|winbind scan trusted domains||bool|No
*|winbind sealed pipes||bool|Yes
*|winbind separator||text|\
*|winbind use default domain||bool|No
*|winbind use krb5 enterprise principals||bool|Yes
*|wins hook||text
*|wins proxy||bool|No
*|wins server||words
*|wins support||bool|No
*|workgroup||upper|WORKGROUP
*|write raw||bool|Yes
22|wsp property file||text
*|wtmp directory||text
)";
}

std::string_view choice_rows() {
  return R"(@auto|No/False/0,Yes/True/1,Auto
@required|default,No/False/0/Off/disabled,if_required/Yes/True/1/On/enabled/auto,desired,required/mandatory/force/forced/enforced
@protocol|default,SMB2/SMB2_10,SMB3/SMB3_11,SMB3_02,SMB3_00,SMB2_02,NT1,LANMAN2,LANMAN1,CORE,COREPLUS/CORE+
)";
}

}  // namespace plimsoll::samba
