#include "plugins/service/samba/parameters.h"

namespace plimsoll::samba {

// Of sections; in [global] they are what sections begin with. Columns as of the others.
std::string_view local_rows() {
  return R"(*|access based share enum||bool|No
*|acl allow execute always||bool|No
*|acl check permissions||bool|Yes
*|acl flag inherited canonicalization||bool|Yes
*|acl group control||bool|No
*|acl map full control||bool|Yes
*|administrative share||bool|No
*|admin users||words
*|afs share||bool|No
*|aio read size||bytes|1
*|aio write behind||text
*|aio write size||bytes|1
*|allocation roundup size||bytes|0
*|available||bool|Yes
*|blocking locks||bool|Yes
*|block size||bytes|1024
*|browseable|browsable|bool|Yes
*|case sensitive|casesignames|enum|Auto|@auto
*|check parent directory delete on close||bool|No
*|comment||text
*|copy||text
*|create mask|create mode|octal|0744
*|csc policy||enum|manual|manual,documents,programs,disable
*|cups options||text
*|default case||enum|lower|lower,upper
*|default devmode||bool|Yes
*|delete readonly||bool|No
*|delete veto files||bool|No
*|dfree cache time||int|0
*|dfree command||text
*|directory mask|directory mode|octal|0755
17|directory name cache size||int|100
*|dmapi support||bool|No
*|dont descend||text
*|dos filemode||bool|No
*|dos filetime resolution||bool|No
*|dos filetimes||bool|Yes
*|durable handles||bool|Yes
*|ea support||bool|Yes
*|fake directory create times||bool|No
*|fake oplocks||bool|No
*|follow symlinks||bool|Yes
*|smbd force process locks||bool|No
*|force create mode||octal|0000
*|force directory mode||octal|0000
*|force group|group|text
*|force printername||bool|No
*|force unknown acl user||bool|No
*|force user||text
*|fstype||text|NTFS
*|guest ok|public|bool|No
*|guest only|only guest|bool|No
*|hide dot files||bool|Yes
*|hide files||text
*|hide new files timeout||int|0
*|hide special files||bool|No
*|hide unreadable||bool|No
*|hide unwriteable files||bool|No
*|honor change notify privilege||bool|No
*|hosts allow|allow hosts|words
*|hosts deny|deny hosts|words
*|include||text
*|inherit acls||bool|No
*|inherit owner||enum|no|no,windows and unix/yes,unix only
*|inherit permissions||bool|No
*|invalid users||words
*|kernel oplocks||bool|No
*|kernel share modes||bool|No
*|level2 oplocks||bool|Yes
*|locking||bool|Yes
*|lppause command||text
*|lpq command||text|%p
*|lpresume command||text
*|lprm command||text
*|magic output||text
*|magic script||text
*|mangled names||enum|illegal|no/false/0,illegal,yes/true/1
*|mangling char||char|~
*|map acl inherit||bool|No
*|map archive||bool|Yes
*|map hidden||bool|No
*|map readonly||enum|no|no/false/0,yes/true/1,permissions/perms
*|map system||bool|No
*|max connections||int|0
*|max print jobs||int|1000
*|max reported print jobs||int|0
*|min print space||int|0
*|msdfs proxy||text
*|msdfs root||bool|No
*|msdfs shuffle referrals||bool|No
*|nt acl support||bool|Yes
*|ntvfs handler||list|unixuid, default
*|oplocks||bool|Yes
*|path|directory|text
*|posix locking||bool|Yes
*|postexec||text
*|preexec|exec|text
*|preexec close||bool|No
*|preserve case||bool|Yes
*|printable|print ok|bool|No
*|print command||text
*|printer name|printer|text
*|printing||enum|cups|sysv,aix,hpux,bsd,qnx,plp,lprng,cups,iprint,nt,os2
*|printjob username||text|%U
*|print notify backchannel||bool|No
*|queuepause command||text
*|queueresume command||text
*|read list||words
*|read only|!writeable,!writable,!write ok|bool|Yes
*|root postexec||text
*|root preexec||text
*|root preexec close||bool|No
22|server addresses||words
*|server smb encrypt|smb encrypt|enum|default|@required
*|short preserve case||bool|Yes
22|smb3 unix extensions||bool|No
*|smbd async dosmode||bool|No
*|smbd getinfo ask sharemode||bool|Yes
*|smbd max async dosmode||int|0
*|smbd max xattr size||int|65536
*|smbd search ask sharemode||bool|Yes
*|spotlight||bool|No
*|spotlight backend||enum|noindex|noindex,tracker,elasticsearch
*|store dos attributes||bool|Yes
*|strict allocate||bool|No
*|strict locking||enum|Auto|@auto
*|strict rename||bool|No
*|strict sync||bool|Yes
*|sync always||bool|No
*|use client driver||bool|No
*|use sendfile||bool|No
*|-valid||bool|Yes
*|valid users||words
*|veto files||text
*|veto oplock files||text
22|vfs mkdir use tmp name||enum|Auto|@auto
*|vfs objects|vfs object|words
*|volume||text
*|volume serial number||int|-1
*|wide links||bool|No
*|write list||words
)";
}

}  // namespace plimsoll::samba
