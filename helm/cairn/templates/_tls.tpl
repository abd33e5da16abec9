{{/* TLS: who makes the certificate, and how members, probes and jobs are told of it. One certificate serves all members. */}}

{{/* `true` if the client port, or the peer port, speaks TLS. */}}
{{- define "cairn.tlsClients" -}}{{- if and (ne .Values.tls.mode "off") .Values.tls.clients -}}true{{- end -}}{{- end -}}
{{- define "cairn.tlsPeers" -}}{{- if and (ne .Values.tls.mode "off") .Values.tls.peers -}}true{{- end -}}{{- end -}}

{{- define "cairn.clientScheme" -}}{{ ternary "https" "http" (eq (include "cairn.tlsClients" .) "true") }}{{- end -}}
{{- define "cairn.peerScheme" -}}{{ ternary "https" "http" (eq (include "cairn.tlsPeers" .) "true") }}{{- end -}}

{{/* The Secret with tls.crt, tls.key and ca.crt. */}}
{{- define "cairn.tlsSecretName" -}}
{{- .Values.tls.secretName | default (printf "%s-tls" (include "cairn.fullname" .)) -}}
{{- end -}}

{{/* The common name, by which members know each other whatever address they dialled. */}}
{{- define "cairn.tlsCommonName" -}}
{{- .Values.tls.commonName | default (include "cairn.fullname" .) -}}
{{- end -}}

{{/* Every name under which a member is reached, as a JSON list. */}}
{{- define "cairn.tlsNames" -}}
{{- $names := list "localhost" -}}
{{- range $host := list (include "cairn.fullname" .) (printf "*.%s-headless" (include "cairn.fullname" .)) -}}
{{- $inNamespace := printf "%s.%s" $host $.Release.Namespace -}}
{{- if not (hasPrefix "*" $host) -}}{{- $names = concat $names (list $host $inNamespace) -}}{{- end -}}
{{- $names = concat $names (list (printf "%s.svc" $inNamespace) (printf "%s.%s" $inNamespace (include "cairn.domain" $))) -}}
{{- end -}}
{{- concat $names .Values.tls.extraNames | uniq | toJson -}}
{{- end -}}

{{- define "cairn.tlsAddresses" -}}
{{- concat (list "127.0.0.1" "::1") .Values.tls.extraAddresses | uniq | toJson -}}
{{- end -}}

{{- define "cairn.tlsDirectory" -}}/etc/cairn/tls{{- end -}}

{{/* Takes a root. */}}
{{- define "cairn.tlsMount" -}}
- { name: tls, mountPath: {{ include "cairn.tlsDirectory" . }}, readOnly: true }
{{- end -}}

{{- define "cairn.tlsVolume" -}}
- name: tls
  secret: { secretName: {{ include "cairn.tlsSecretName" . | quote }}, defaultMode: 0440 }
{{- end -}}

{{/* What the ports of a member speak with. */}}
{{- define "cairn.tlsMemberEnv" -}}
{{- $directory := include "cairn.tlsDirectory" . -}}
{{- if include "cairn.tlsClients" . }}
- name: ETCD_CERT_FILE
  value: {{ $directory }}/tls.crt
- name: ETCD_KEY_FILE
  value: {{ $directory }}/tls.key
- name: ETCD_TRUSTED_CA_FILE
  value: {{ $directory }}/ca.crt
{{- if .Values.tls.clientCertAuth }}
- name: ETCD_CLIENT_CERT_AUTH
  value: 'true'
{{- end }}
{{- end }}
{{- if include "cairn.tlsPeers" . }}
- name: ETCD_PEER_CERT_FILE
  value: {{ $directory }}/tls.crt
- name: ETCD_PEER_KEY_FILE
  value: {{ $directory }}/tls.key
- name: ETCD_PEER_TRUSTED_CA_FILE
  value: {{ $directory }}/ca.crt
- name: ETCD_PEER_CLIENT_CERT_AUTH
  value: 'true'
- name: ETCD_PEER_CERT_ALLOWED_CN
  value: {{ include "cairn.tlsCommonName" . | quote }}
{{- end }}
{{- end -}}

{{/* What a command beside the members reaches the client port with. */}}
{{- define "cairn.tlsCommandEnv" -}}
{{- $directory := include "cairn.tlsDirectory" . -}}
- name: ETCDCTL_CA_FILE
  value: {{ $directory }}/ca.crt
{{- if .Values.tls.clientCertAuth }}
- name: ETCDCTL_CERT_FILE
  value: {{ $directory }}/tls.crt
- name: ETCDCTL_KEY_FILE
  value: {{ $directory }}/tls.key
{{- end }}
{{- end -}}

{{/* Where commands beside the members reach the client port: a name that is in the certificate. */}}
{{- define "cairn.commandUrl" -}}
{{ include "cairn.clientScheme" . }}://{{ include "cairn.fullname" . }}.{{ .Release.Namespace }}.{{ include "cairn.domain" . }}:{{ .Values.service.port }}
{{- end -}}

{{/* What no value of one key alone can say about TLS. */}}
{{- define "cairn.tlsChecks" -}}
{{- $tls := .Values.tls -}}
{{- if eq $tls.mode "off" -}}
{{- range $name, $value := dict "secretName" $tls.secretName "issuerRef.name" $tls.issuerRef.name "clientCertAuth" $tls.clientCertAuth -}}
{{- if $value -}}
{{- fail (printf "tls.%s is set, and tls.mode is off, so that nothing would be encrypted: choose chart, certManager or secret, or leave it out" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (ne $tls.mode "off") $tls.clientCertAuth (not $tls.clients) -}}
{{- fail "tls.clientCertAuth is set, and tls.clients is not, so that no client would be asked for a certificate: set both or neither" -}}
{{- end -}}
{{- if and (eq $tls.mode "secret") (not $tls.secretName) -}}
{{- fail "tls.mode is secret, and tls.secretName is empty: name the Secret with tls.crt, tls.key and ca.crt" -}}
{{- end -}}
{{- if and (eq $tls.mode "certManager") (not $tls.issuerRef.name) -}}
{{- fail "tls.mode is certManager, and tls.issuerRef.name is empty: name the Issuer that signs for the members; its Secrets have to hold ca.crt" -}}
{{- end -}}
{{- if and (ne $tls.mode "off") (not $tls.clients) (not $tls.peers) -}}
{{- fail "tls.mode is not off, and neither tls.clients nor tls.peers is true: choose the ports that speak TLS" -}}
{{- end -}}
{{- if and (eq $tls.mode "chart") $tls.clientCertAuth -}}
{{- fail "tls.clientCertAuth does not go with tls.mode chart: its CA signs nobody else, so clients would need the members' own certificate, and were members with it; choose certManager or secret" -}}
{{- end -}}
{{- if and (include "cairn.tlsClients" .) $tls.clientCertAuth (not .Values.metrics.port) -}}
{{- fail "tls.clientCertAuth needs metrics.port: the probes of Kubernetes show no certificate, and use that port" -}}
{{- end -}}
{{- range $name, $monitor := pick .Values.metrics "serviceMonitor" "podMonitor" -}}
{{- if and $monitor.enabled (not (has $monitor.namespace (list "" $.Release.Namespace))) (include "cairn.tlsClients" $) (not $.Values.metrics.port) -}}
{{- fail (printf "metrics.%s.namespace is not that of the release, and the Secret with the CA of the client port is: set metrics.port, which Prometheus reads without TLS" $name) -}}
{{- end -}}
{{- end -}}
{{- range $name := list "cert-file" "key-file" "trusted-ca-file" "client-cert-auth" "auto-tls" "peer-cert-file" "peer-key-file" "peer-trusted-ca-file" "peer-client-cert-auth" "peer-cert-allowed-cn" "peer-auto-tls" -}}
{{- if hasKey $.Values.config $name -}}
{{- if ne $tls.mode "off" -}}
{{- fail (printf "config.%s is given, and tls.mode is %s, which sets it: leave one of them out" $name $tls.mode) -}}
{{- else if and (get $.Values.config $name) (not $.Values.extraArgs) -}}
{{- fail (printf "config.%s is given, and tls.mode is off, so that the URLs of the members are http and nothing would be encrypted: choose tls.mode chart, certManager or secret, or give https URLs with extraArgs" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
