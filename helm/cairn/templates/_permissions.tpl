{{/*
For storage classes that hand over directories of root and know no fsGroup. The one container of the chart that is root; it may change
owners and look into directories of others, and nothing else. It goes over everything, since volumes may have been another user's.
*/}}
{{- define "cairn.volumePermissions" -}}
{{- if .Values.persistence.enabled -}}
{{ include "cairn.givesAway" (list . "data" "/var/lib/cairn" (include "cairn.ownScript" .)) }}
{{- end -}}
{{- end -}}

{{/* The volume for backups may hold what is somebody else's: only the directory itself is given away, in which files are made and deleted. */}}
{{- define "cairn.backupPermissions" -}}
{{- if not .Values.backup.s3.bucket -}}
{{ include "cairn.givesAway" (list . "backup" (include "cairn.backupDirectory" .) (include "cairn.ownTopScript" .)) }}
{{- end -}}
{{- end -}}

{{/* (list root VOLUME WHERE SCRIPT): a list of one container; nothing unless it is asked for. */}}
{{- define "cairn.givesAway" -}}
{{- $root := index . 0 -}}
{{- with $root.Values.volumePermissions.enabled -}}
{{- $user := $root.Values.podSecurityContext.runAsUser -}}
{{- $group := $root.Values.podSecurityContext.runAsGroup | default $root.Values.podSecurityContext.fsGroup -}}
{{- if not (and $user $group) -}}
{{- fail "volumePermissions.enabled gives the volumes to a user, and podSecurityContext names none: set runAsUser and runAsGroup there, or leave it to the platform that chooses them" -}}
{{- end -}}
- name: volume-permissions
  image: {{ include "cairn.image" $root | quote }}
  imagePullPolicy: {{ $root.Values.image.pullPolicy }}
  command:
    - node
    - -e
    - {{ index $ 3 | quote }}
    - {{ index $ 2 }}
    - {{ int64 $user | quote }}
    - {{ int64 $group | quote }}
  securityContext:
    runAsUser: 0
    runAsGroup: 0
    runAsNonRoot: false
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities: { drop: [ALL], add: [CHOWN, DAC_OVERRIDE] }
  {{ include "cairn.lastWords" $root }}
  resources: {{- toYaml $root.Values.volumePermissions.resources | nindent 4 }}
  volumeMounts:
    - { name: {{ index $ 1 }}, mountPath: {{ index $ 2 }} }
{{- end -}}
{{- end -}}

{{/* The image has no shell. Links are given away themselves, never what they lead to. What the file system keeps for itself stays. */}}
{{- define "cairn.ownScript" -}}
const fs = require("fs"); const [top, user, group] = process.argv.slice(1); const own = (path) => { const found = fs.lstatSync(path); if (found.uid !== +user || found.gid !== +group) fs.lchownSync(path, +user, +group); if (found.isDirectory()) for (const name of fs.readdirSync(path)) if (name !== "lost+found") own(path + "/" + name); }; own(top);
{{- end -}}

{{- define "cairn.ownTopScript" -}}
const fs = require("fs"); const [top, user, group] = process.argv.slice(1); fs.chownSync(top, +user, +group);
{{- end -}}
