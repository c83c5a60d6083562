#include "plugins/service/apache2/directives.h"

#include <array>
#include <unordered_map>

#include "scanner/base/text.h"

namespace plimsoll::apache2 {
namespace {

struct Commands {
  std::string_view module, names;  ///< in lower case, a blank between
};

/// What each module of Debian's packages brings (`apache2 -L` with all of them loaded). The MPMs
/// have the same but for a few.
constexpr std::array kCommands = {
    Commands{
        "core.c",
        "<directory <directorymatch <else <elseif <files <filesmatch <if <ifdefine <ifdirective "
        "<iffile <ifmodule <ifsection <limit <limitexcept <location <locationmatch <virtualhost "
        "acceptfilter acceptpathinfo accessfilename adddefaultcharset allowencodedslashes "
        "allowoverride allowoverridelist cgipassauth cgivar contentdigest coredumpdirectory "
        "defaultruntimedir defaulttype define documentroot enablemmap enablesendfile error "
        "errordocument errorlog errorlogformat extendedstatus fileetag flushmaxpipelined "
        "flushmaxthreshold forcetype hostnamelookups httpprotocoloptions include includeoptional "
        "limitinternalrecursion limitrequestbody limitrequestfields limitrequestfieldsize "
        "limitrequestline limitxmlrequestbody loglevel maxconnectionsperchild maxmemfree "
        "maxrangeoverlaps maxrangereversals maxranges maxrequestsperchild mergeslashes "
        "mergetrailers mutex namevirtualhost options pidfile port protocol protocols "
        "protocolshonororder qualifyredirecturl readbuffersize regexdefaultoptions "
        "registerhttpmethod rlimitcpu rlimitmem rlimitnproc scoreboardfile seerequesttail "
        "serveradmin serveralias servername serverpath serverroot serversignature servertokens "
        "sethandler setinputfilter setoutputfilter stricthostcheck threadstacksize timeout "
        "traceenable undefine usecanonicalname usecanonicalphysicalport"},
    Commands{"event.c",
             "asyncrequestworkerfactor gracefulshutdowntimeout listen listenbacklog "
             "listencoresbucketsratio listentcpdeferaccept maxclients maxrequestworkers "
             "maxsparethreads minsparethreads receivebuffersize sendbuffersize serverlimit "
             "startservers threadlimit threadsperchild"},
    Commands{"http_core.c", "keepalive keepalivetimeout maxkeepaliverequests"},
    Commands{"mod_access_compat.c", "allow deny order satisfy"},
    Commands{"mod_actions.c", "action script"},
    Commands{"mod_alias.c",
             "alias aliasmatch aliaspreservepath redirect redirectmatch redirectpermanent "
             "redirectrelative redirecttemp scriptalias scriptaliasmatch"},
    Commands{"mod_allowmethods.c", "allowmethods"},
    Commands{"mod_auth_basic.c",
             "authbasicauthoritative authbasicfake authbasicprovider authbasicusedigestalgorithm"},
    Commands{"mod_auth_digest.c",
             "authdigestalgorithm authdigestdomain authdigestnccheck authdigestnoncelifetime "
             "authdigestprovider authdigestqop authdigestshmemsize"},
    Commands{
        "mod_auth_form.c",
        "authformauthoritative authformbody authformdisablenostore authformfakebasicauth "
        "authformlocation authformloginrequiredlocation authformloginsuccesslocation "
        "authformlogoutlocation authformmethod authformmimetype authformpassword authformprovider "
        "authformsitepassphrase authformsize authformusername"},
    Commands{"mod_authn_anon.c",
             "anonymous anonymous_logemail anonymous_mustgiveemail anonymous_nouserid "
             "anonymous_verifyemail"},
    Commands{"mod_authn_core.c", "<authnprovideralias authname authtype"},
    Commands{"mod_authn_dbd.c", "authdbduserpwquery authdbduserrealmquery"},
    Commands{"mod_authn_dbm.c", "authdbmtype authdbmuserfile"},
    Commands{"mod_authn_file.c", "authuserfile"},
    Commands{"mod_authn_socache.c",
             "authncachecontext authncacheenable authncacheprovidefor authncachesocache "
             "authncachetimeout"},
    Commands{"mod_authnz_fcgi.c", "authnzfcgicheckauthnprovider authnzfcgidefineprovider"},
    Commands{
        "mod_authnz_ldap.c",
        "authldapauthorizeprefix authldapbindauthoritative authldapbinddn authldapbindpassword "
        "authldapcharsetconfig authldapcompareasuser authldapcomparednonserver "
        "authldapdereferencealiases authldapgroupattribute authldapgroupattributeisdn "
        "authldapinitialbindasuser authldapinitialbindpattern authldapmaxsubgroupdepth "
        "authldapremoteuserattribute authldapremoteuserisdn authldapsearchasuser "
        "authldapsubgroupattribute authldapsubgroupclass authldapurl"},
    Commands{"mod_authz_core.c",
             "<authzprovideralias <requireall <requireany <requirenone authmerging "
             "authzsendforbiddenonfailure require"},
    Commands{"mod_authz_dbd.c", "authzdbdlogintoreferer authzdbdquery authzdbdredirectquery"},
    Commands{"mod_authz_dbm.c", "authdbmgroupfile authzdbmtype"},
    Commands{"mod_authz_groupfile.c", "authgroupfile"},
    Commands{"mod_autoindex.c",
             "addalt addaltbyencoding addaltbytype adddescription addicon addiconbyencoding "
             "addiconbytype defaulticon fancyindexing headername indexheadinsert indexignore "
             "indexignorereset indexoptions indexorderdefault indexstylesheet readmename"},
    Commands{"mod_brotli.c",
             "brotlialteretag brotlicompressionmaxinputblock brotlicompressionquality "
             "brotlicompressionwindow brotlifilternote"},
    Commands{"mod_buffer.c", "buffersize"},
    Commands{
        "mod_cache.c",
        "cachedefaultexpire cachedetailheader cachedisable cacheenable cacheheader "
        "cacheignorecachecontrol cacheignoreheaders cacheignorenolastmod cacheignorequerystring "
        "cacheignoreurlsessionidentifiers cachekeybaseurl cachelastmodifiedfactor cachelock "
        "cachelockmaxage cachelockpath cachemaxexpire cacheminexpire cachequickhandler "
        "cachestaleonerror cachestoreexpired cachestorenostore cachestoreprivate"},
    Commands{"mod_cache_disk.c",
             "cachedirlength cachedirlevels cachemaxfilesize cacheminfilesize cachereadsize "
             "cachereadtime cacheroot"},
    Commands{"mod_cache_socache.c",
             "cachesocache cachesocachemaxsize cachesocachemaxtime cachesocachemintime "
             "cachesocachereadsize cachesocachereadtime"},
    Commands{"mod_case_filter.c", "casefilter"},
    Commands{"mod_case_filter_in.c", "casefilterin"},
    Commands{"mod_cern_meta.c", "metadir metafiles metasuffix"},
    Commands{"mod_cgi.c", "cgiscripttimeout scriptlog scriptlogbuffer scriptloglength"},
    Commands{"mod_cgid.c",
             "cgidscripttimeout scriptlog scriptlogbuffer scriptloglength scriptsock"},
    Commands{"mod_charset_lite.c", "charsetdefault charsetoptions charsetsourceenc"},
    Commands{"mod_dav.c", "dav davbasepath davdepthinfinity davlockdiscovery davmintimeout"},
    Commands{"mod_dav_fs.c", "davlockdb"},
    Commands{"mod_dav_lock.c", "davgenericlockdb"},
    Commands{
        "mod_dbd.c",
        "dbdexptime dbdinitsql dbdkeep dbdmax dbdmin dbdparams dbdpersist dbdpreparesql dbdriver"},
    Commands{"mod_deflate.c",
             "deflatealteretag deflatebuffersize deflatecompressionlevel deflatefilternote "
             "deflateinflatelimitrequestbody deflateinflateratioburst deflateinflateratiolimit "
             "deflatememlevel deflatewindowsize"},
    Commands{"mod_dialup.c", "modemstandard"},
    Commands{"mod_dir.c",
             "directorycheckhandler directoryindex directoryindexredirect directoryslash "
             "fallbackresource"},
    Commands{"mod_dumpio.c", "dumpioinput dumpiooutput"},
    Commands{"mod_echo.c", "protocolecho"},
    Commands{"mod_env.c", "passenv setenv unsetenv"},
    Commands{"mod_expires.c", "expiresactive expiresbytype expiresdefault"},
    Commands{"mod_ext_filter.c", "extfilterdefine extfilteroptions"},
    Commands{"mod_file_cache.c", "cachefile mmapfile"},
    Commands{"mod_filter.c",
             "addoutputfilterbytype filterchain filterdeclare filterprotocol filterprovider "
             "filtertrace"},
    Commands{"mod_headers.c", "header requestheader"},
    Commands{"mod_heartbeat.c", "heartbeataddress"},
    Commands{"mod_heartmonitor.c", "heartbeatlisten heartbeatmaxservers heartbeatstorage"},
    Commands{
        "mod_http2.c",
        "h2copyfiles h2direct h2earlyhint h2earlyhints h2maxdataframelen h2maxheaderblocklen "
        "h2maxsessionstreams h2maxstreamerrors h2maxworkeridleseconds h2maxworkers h2minworkers "
        "h2moderntlsonly h2outputbuffering h2padding h2proxyrequests h2push h2pushdiarysize "
        "h2pushpriority h2pushresource h2serializeheaders h2sessionextrafiles h2streammaxmemsize "
        "h2streamtimeout h2tlscooldownsecs h2tlswarmupsize h2upgrade h2websockets h2windowsize"},
    Commands{"mod_ident.c", "identitycheck identitychecktimeout"},
    Commands{"mod_imagemap.c", "imapbase imapdefault imapmenu"},
    Commands{"mod_include.c",
             "ssiendtag ssierrormsg ssietag ssilastmodified ssilegacyexprparser ssistarttag "
             "ssitimeformat ssiundefinedecho xbithack"},
    Commands{"mod_info.c", "addmoduleinfo"},
    Commands{"mod_lbmethod_heartbeat.c", "heartbeatstorage"},
    Commands{"mod_log_config.c", "bufferedlogs customlog globallog logformat transferlog"},
    Commands{"mod_log_debug.c", "logmessage"},
    Commands{"mod_log_forensic.c", "forensiclog"},
    Commands{"mod_logio.c", "logiotrackttfb"},
    Commands{
        "mod_lua.c",
        "<luahookaccesschecker <luahookauthchecker <luahookcheckuserid <luahookfixups "
        "<luahookmaptostorage <luahookpretranslatename <luahooktranslatename <luahooktypechecker "
        "<luaquickhandler lua_____bytecodehack luaauthzprovider luacodecache luahookaccesschecker "
        "luahookauthchecker luahookcheckuserid luahookfixups luahookinsertfilter luahooklog "
        "luahookmaptostorage luahookpretranslatename luahooktranslatename luahooktypechecker "
        "luainherit luainputfilter luamaphandler luaoutputfilter luapackagecpath luapackagepath "
        "luaquickhandler luaroot luascope"},
    Commands{"mod_macro.c", "<macro macroignorebadnesting macroignoreemptyargs undefmacro use"},
    Commands{
        "mod_md.c",
        "<mdomain <mdomainset mdactivationdelay mdbaseserver mdcacertificatefile mdcachallenges "
        "mdcertificateagreement mdcertificateauthority mdcertificatecheck mdcertificatefile "
        "mdcertificatekeyfile mdcertificateprotocol mdcertificatestatus mdchallengedns01 "
        "mdchallengedns01version mdcheckinterval mdcontactemail mddrivemode "
        "mdexternalaccountbinding mdhttpproxy mdhttpproxycacertificatefile mdinitialdelay "
        "mdmatchnames mdmember mdmembers mdmessagecmd mdmuststaple mdnotifycmd mdomain mdportmap "
        "mdprivatekeys mdprofile mdprofilemandatory mdrenewmode mdrenewviaari mdrenewwindow "
        "mdrequirehttps mdretrydelay mdretryfailover mdserverstatus mdstapleothers mdstapling "
        "mdstaplingkeepresponse mdstaplingrenewwindow mdstoredir mdstorelocks mdwarnwindow"},
    Commands{
        "mod_mime.c",
        "addcharset addencoding addhandler addinputfilter addlanguage addoutputfilter addtype "
        "defaultlanguage modmimeusepathinfo multiviewsmatch removecharset removeencoding "
        "removehandler removeinputfilter removelanguage removeoutputfilter removetype typesconfig"},
    Commands{"mod_mime_magic.c", "mimemagicfile"},
    Commands{"mod_negotiation.c", "cachenegotiateddocs forcelanguagepriority languagepriority"},
    Commands{
        "mod_proxy.c",
        "<proxy <proxymatch balancergrowth balancerinherit balancermember balancerpersist noproxy "
        "proxy100continue proxyaddheaders proxybadheader proxyblock proxydomain "
        "proxyerroroverride proxyiobuffersize proxymaxforwards proxypass proxypassinherit "
        "proxypassinterpolateenv proxypassmatch proxypassreverse proxypassreversecookiedomain "
        "proxypassreversecookiepath proxypreservehost proxyreceivebuffersize proxyremote "
        "proxyremotematch proxyrequests proxyset proxysourceaddress proxystatus proxytimeout "
        "proxyvia"},
    Commands{"mod_proxy_connect.c", "allowconnect"},
    Commands{"mod_proxy_express.c", "proxyexpressdbmfile proxyexpressdbmtype proxyexpressenable"},
    Commands{"mod_proxy_fcgi.c", "proxyfcgibackendtype proxyfcgisetenvif"},
    Commands{"mod_proxy_ftp.c",
             "proxyftpdircharset proxyftpescapewildcards proxyftplistonwildcard"},
    Commands{"mod_proxy_hcheck.c", "proxyhcexpr proxyhctemplate proxyhctpsize"},
    Commands{
        "mod_proxy_html.c",
        "proxyhtmlbufsize proxyhtmlcharsetout proxyhtmldoctype proxyhtmlenable proxyhtmlevents "
        "proxyhtmlextended proxyhtmlfixups proxyhtmlinterp proxyhtmllinks proxyhtmlmeta "
        "proxyhtmlstripcomments proxyhtmlurlmap"},
    Commands{"mod_proxy_scgi.c", "proxyscgiinternalredirect proxyscgisendfile"},
    Commands{"mod_proxy_wstunnel.c", "proxywebsocketfallbacktoproxyhttp"},
    Commands{"mod_reflector.c", "reflectorheader"},
    Commands{"mod_remoteip.c",
             "remoteipheader remoteipinternalproxy remoteipinternalproxylist remoteipproxiesheader "
             "remoteipproxyprotocol remoteipproxyprotocolexceptions remoteiptrustedproxy "
             "remoteiptrustedproxylist"},
    Commands{"mod_reqtimeout.c", "requestreadtimeout"},
    Commands{"mod_request.c", "keptbodysize"},
    Commands{"mod_rewrite.c",
             "rewritebase rewritecond rewriteengine rewritemap rewriteoptions rewriterule"},
    Commands{"mod_sed.c", "inputsed outputsed"},
    Commands{"mod_session.c",
             "session sessionenv sessionexclude sessionexpiryupdateinterval sessionheader "
             "sessioninclude sessionmaxage"},
    Commands{"mod_session_cookie.c", "sessioncookiename sessioncookiename2 sessioncookieremove"},
    Commands{"mod_session_crypto.c",
             "sessioncryptocipher sessioncryptodriver sessioncryptopassphrase "
             "sessioncryptopassphrasefile"},
    Commands{
        "mod_session_dbd.c",
        "sessiondbdcookiename sessiondbdcookiename2 sessiondbdcookieremove sessiondbddeletelabel "
        "sessiondbdinsertlabel sessiondbdperuser sessiondbdselectlabel sessiondbdupdatelabel"},
    Commands{"mod_setenvif.c",
             "browsermatch browsermatchnocase setenvif setenvifexpr setenvifnocase"},
    Commands{"mod_so.c", "loadfile loadmodule"},
    Commands{"mod_socache_memcache.c", "memcacheconnttl"},
    Commands{"mod_socache_redis.c", "redisconnpoolttl redistimeout"},
    Commands{"mod_speling.c", "checkbasenamematch checkcaseonly checkspelling"},
    Commands{
        "mod_ssl.c",
        "sslcacertificatefile sslcacertificatepath sslcadnrequestfile sslcadnrequestpath "
        "sslcarevocationcheck sslcarevocationfile sslcarevocationpath sslcertificatechainfile "
        "sslcertificatefile sslcertificatekeyfile sslciphersuite sslcompression sslcryptodevice "
        "sslengine sslfips sslhonorcipherorder sslinsecurerenegotiation ssllog sslloglevel "
        "sslocspdefaultresponder sslocspenable sslocspnoverify sslocspoverrideresponder "
        "sslocspproxyurl sslocsprespondercertificatefile sslocsprespondertimeout "
        "sslocspresponsemaxage sslocspresponsetimeskew sslocspuserequestnonce sslopensslconfcmd "
        "ssloptions sslpassphrasedialog sslprotocol sslproxycacertificatefile "
        "sslproxycacertificatepath sslproxycarevocationcheck sslproxycarevocationfile "
        "sslproxycarevocationpath sslproxycheckpeercn sslproxycheckpeerexpire "
        "sslproxycheckpeername sslproxyciphersuite sslproxyengine "
        "sslproxymachinecertificatechainfile sslproxymachinecertificatefile "
        "sslproxymachinecertificatepath sslproxyprotocol sslproxyverify sslproxyverifydepth "
        "sslrandomseed sslrenegbuffersize sslrequire sslrequiressl sslsessioncache "
        "sslsessioncachetimeout sslsessionticketkeyfile sslsessiontickets sslsrpunknownuserseed "
        "sslsrpverifierfile sslstaplingcache sslstaplingerrorcachetimeout sslstaplingfaketrylater "
        "sslstaplingforceurl sslstaplingrespondertimeout sslstaplingresponsemaxage "
        "sslstaplingresponsetimeskew sslstaplingreturnrespondererrors "
        "sslstaplingstandardcachetimeout sslstrictsnivhostcheck sslusername sslusestapling "
        "sslverifyclient sslverifydepth sslvhostsnipolicy"},
    Commands{"mod_substitute.c", "substitute substituteinheritbefore substitutemaxlinelength"},
    Commands{"mod_suexec.c", "suexecusergroup"},
    Commands{"mod_unixd.c", "chrootdir group suexec user"},
    Commands{"mod_userdir.c", "userdir"},
    Commands{"mod_usertrack.c",
             "cookiedomain cookieexpires cookiehttponly cookiename cookiesamesite cookiesecure "
             "cookiestyle cookietracking"},
    Commands{"mod_version.c", "<ifversion"},
    Commands{"mod_vhost_alias.c",
             "virtualdocumentroot virtualdocumentrootip virtualscriptalias virtualscriptaliasip"},
    Commands{"mod_watchdog.c", "watchdoginterval"},
    Commands{"mod_xml2enc.c", "xml2encalias xml2encdefault xml2startparse"},
    Commands{
        "util_ldap.c",
        "ldapcacheentries ldapcachettl ldapconnectionpoolttl ldapconnectiontimeout "
        "ldaplibrarydebug ldapopcacheentries ldapopcachettl ldapreferralhoplimit ldapreferrals "
        "ldapretries ldapretrydelay ldapsharedcachefile ldapsharedcachesize ldaptimeout "
        "ldaptrustedclientcert ldaptrustedglobalcert ldaptrustedmode ldapverifyservercert"},
};

}  // namespace

std::string_view module_of(std::string_view directive) {
  static const auto known = [] {
    std::unordered_map<std::string_view, std::string_view> out;
    for (const Commands& one : kCommands)
      for (const std::string_view name : words(one.names)) out.emplace(name, one.module);
    return out;
  }();
  const auto found = known.find(lower(directive));
  return found == known.end() ? std::string_view() : found->second;
}

}  // namespace plimsoll::apache2
