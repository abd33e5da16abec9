{{/* What `helm install` prints; a template, so that it can be looked at without a cluster. */}}
{{- define "cairn.notes" -}}
{{- $name := include "cairn.fullname" . -}}
{{- $curl := printf "%s://127.0.0.1:%d" (include "cairn.clientScheme" .) (int .Values.service.port) -}}
{{- if .Values.auth.enabled }}{{ $curl = printf "--user root %s" $curl }}{{ end -}}
{{- if and (include "cairn.tlsClients" .) .Values.tls.clientCertAuth }}{{ $curl = printf "--cert client.crt --key client.key %s" $curl }}{{ end -}}
{{- if include "cairn.tlsClients" . }}{{ $curl = printf "--cacert ca.crt %s" $curl }}{{ end -}}
{{- $in := printf "--namespace %s" .Release.Namespace -}}
Cairn {{ .Chart.AppVersion }} with {{ .Values.replicaCount }} {{ ternary "member" "members" (eq (int .Values.replicaCount) 1) }}.

Clients inside the cluster use
  {{ include "cairn.clientScheme" . }}://{{ $name }}.{{ .Release.Namespace }}.{{ include "cairn.domain" . }}:{{ .Values.service.port }}

Wait until all members are ready:
  kubectl {{ $in }} rollout status statefulset/{{ $name }}

Try it out and see the members:
  helm test {{ .Release.Name }} {{ $in }} --logs

From this machine:
  kubectl {{ $in }} port-forward service/{{ $name }} {{ .Values.service.port }} &
{{- if include "cairn.tlsClients" . }}
  kubectl {{ $in }} get secret {{ include "cairn.tlsSecretName" . }} --output 'go-template={{`{{index .data "ca.crt" | base64decode}}`}}' > ca.crt
{{- end }}
  curl {{ $curl }}/v2/keys/hello -XPUT -d value=world
  curl {{ $curl }}/v2/members
{{- if .Values.tls.clientCertAuth }}
client.crt and client.key are a certificate for clients that the same CA signed, and its key.
{{- end }}

{{- if .Values.auth.enabled }}

Auth is on. curl asks for the password of root, which stands after root: in
  kubectl {{ $in }} get secret {{ include "cairn.authSecretName" . }} --output 'go-template={{`{{.data.root | base64decode}}`}}'
{{- end }}

{{ if .Values.scaleDown.enabled -}}
Scale with replicaCount and `helm upgrade`: members are removed from the cluster before their pods go. After a
`kubectl scale` to fewer pods, remove them by hand:
{{- else -}}
Scale with replicaCount and `helm upgrade`. scaleDown.enabled is false: before there are fewer pods, remove the members of
those that go by hand, or they count for the quorum without being there:
{{- end }}
{{- include "cairn.removal" (list $in .) }}
{{- if .Values.persistence.enabled }}

`helm uninstall` keeps the volumes; this deletes the data:
  kubectl {{ $in }} delete persistentvolumeclaims --selector app.kubernetes.io/instance={{ .Release.Name }},app.kubernetes.io/name={{ include "cairn.name" . }},app.kubernetes.io/component=member
{{- end }}
{{- if eq (mod (int .Values.replicaCount) 2) 0 }}

WARNING: {{ .Values.replicaCount }} members survive no more losses than {{ sub (int .Values.replicaCount) 1 }} would; an odd number is better.
{{- end }}
{{- if not .Values.persistence.enabled }}

WARNING: persistence is off. The data are gone when more than half of the pods go at once.
{{- if and (include "cairn.ownDiscovery" .) .Values.discovery.enabled }} For an empty cluster then:
  kubectl {{ $in }} rollout restart deployment/{{ include "cairn.discoveryName" . }}
After scaling down set bootstrap.size to the number that there are: the service waits for as many as there were.
{{- end }}
{{- end }}
{{- if and .Values.auth.enabled (not (include "cairn.tlsPeers" .)) }}

WARNING: auth is on and the peer port has no TLS. A member that lost its volume, or is new after scaling up, is no user and gets no place:
make its place as root, or install with tls.mode.
{{- end }}
{{- if and .Values.networkPolicy.enabled .Values.networkPolicy.clients (or .Values.metrics.serviceMonitor.enabled .Values.metrics.podMonitor.enabled) (not .Values.metrics.port) }}

WARNING: networkPolicy.clients says who may reach the client port, and Prometheus reads /metrics there: it has to be among them. Or set
metrics.port, a port for that alone.
{{- end }}
{{- if include "cairn.oldVolumes" . }}

WARNING: the volume of an earlier release is there (data-{{ $name }}-0), and the peer port speaks TLS now. Where it did not then, or was
another one, the members look for each other where nobody listens: docs/kubernetes.md, "Remove", has the way out.
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled (not (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}

WARNING: this cluster does not know the kinds of the Prometheus operator (monitoring.coreos.com/v1).
{{- end }}
{{- end -}}

{{/*
How members are removed by hand, at the port where operators are served. `retire` goes by the member's own variables over TLS; it asks for /health
too, which a peer port has not. Takes (list NAMESPACE $).
*/}}
{{- define "cairn.removal" -}}
{{- $in := index . 0 -}}
{{- with index . 1 -}}
{{- $name := include "cairn.fullname" . -}}
{{- $place := get .Values.config "operator-routes" | default "client" -}}
{{- $port := ternary .Values.metrics.port .Values.clientPort (eq $place "metrics") -}}
{{- if eq $place "peer" -}}
{{- $tls := include "cairn.tlsPeers" . }}
  kubectl {{ $in }} port-forward pod/{{ $name }}-0 {{ .Values.peerPort }} &
  curl {{ if $tls }}--cacert ca.crt --cert tls.crt --key tls.key {{ end }}{{ if .Values.auth.enabled }}--user root {{ end }}{{ include "cairn.peerScheme" . }}://127.0.0.1:{{ .Values.peerPort }}/v2/members/ID -XDELETE
ID is one of those that /v2/members lists there{{ if $tls }}; the files are those of the Secret {{ include "cairn.tlsSecretName" . }}{{ end }}.
{{- else }}
  kubectl {{ $in }} exec {{ $name }}-0 -- cairn retire {{ if or (eq $place "metrics") (not (include "cairn.tlsClients" .)) }}--url http://{{ include "cairn.ownHost" . }}:{{ $port }} {{ end }}--name-prefix {{ $name }}- --keep N
{{- end -}}
{{- end -}}
{{- end -}}

{{/* `true` at an installation with TLS between members beside volumes that an earlier one left. */}}
{{- define "cairn.oldVolumes" -}}
{{- if and .Release.IsInstall (include "cairn.tlsPeers" .) .Values.persistence.enabled -}}
{{- $name := include "cairn.fullname" . -}}
{{- if not (lookup "apps/v1" "StatefulSet" .Release.Namespace $name) -}}
{{- if lookup "v1" "PersistentVolumeClaim" .Release.Namespace (printf "data-%s-0" $name) -}}true{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
