dnl For sendmail.mc, behind the FEATUREs and before the MAILERs: include(`/etc/mail/sekisho.m4')dnl
dnl Sendmail's own socket map asks sekisho policyd at each RCPT. The key is ADDRESS/PORT/QUEUE-ID/LOGIN.
dnl Whatever goes wrong with the map leaves <TMP> behind the key, which no rule below takes for an answer: mail flows.
LOCAL_CONFIG
Ksekisho socket -T<TMP> local:/run/sekisho/policy.sock
Ksekisho_note macro
HX-Sekisho: ${Sekisho}

LOCAL_RULESETS
SLocal_check_rcpt
R$*			$: $(sekisho $&{client_addr}/$&{client_port}/$&i/$&{auth_authen} $: DUNNO $)
RREJECT $-.$-.$- $*		$#error $@ $1.$2.$3 $: "550 " $4
RDEFER_IF_PERMIT $-.$-.$- $*	$#error $@ $1.$2.$3 $: "450 " $4
RPREPEND X-Sekisho : $*	$: $(sekisho_note {Sekisho} $@ $1 $)
