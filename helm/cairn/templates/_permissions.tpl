{{/*
For storage classes that hand over directories of root and know no fsGroup. The one container of the chart that is root; it may change
owners and look into directories of others, and nothing else. It goes over everything, since volumes may have been another user's.
*/}}
{{- define "cairn.volumePermissions" -}}
{{- if and .Values.volumePermissions.enabled .Values.persistence.enabled -}}
{{- $user := .Values.podSecurityContext.runAsUser -}}
{{- $group := .Values.podSecurityContext.runAsGroup | default .Values.podSecurityContext.fsGroup -}}
{{- if not (and $user $group) -}}
{{- fail "volumePermissions.enabled gives the volumes to a user, and podSecurityContext names none: set runAsUser and runAsGroup there, or leave it to the platform that chooses them" -}}
{{- end -}}
- name: volume-permissions
  image: {{ include "cairn.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command:
    - node
    - -e
    - {{ include "cairn.ownScript" . | quote }}
    - /var/lib/cairn
    - {{ int64 $user | quote }}
    - {{ int64 $group | quote }}
  securityContext:
    runAsUser: 0
    runAsGroup: 0
    runAsNonRoot: false
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities: { drop: [ALL], add: [CHOWN, DAC_OVERRIDE] }
  resources: {{- toYaml .Values.volumePermissions.resources | nindent 4 }}
  volumeMounts:
    - { name: data, mountPath: /var/lib/cairn }
{{- end -}}
{{- end -}}

{{/* The image has no shell. Links are given away themselves, never what they lead to. What the file system keeps for itself stays. */}}
{{- define "cairn.ownScript" -}}
const fs = require("fs"); const [top, user, group] = process.argv.slice(1); const own = (path) => { const found = fs.lstatSync(path); if (found.uid !== +user || found.gid !== +group) fs.lchownSync(path, +user, +group); if (found.isDirectory()) for (const name of fs.readdirSync(path)) if (name !== "lost+found") own(path + "/" + name); }; own(top);
{{- end -}}
