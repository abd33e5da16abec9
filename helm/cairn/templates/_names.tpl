{{/* Names and labels. The names leave room for suffixes within the 63 characters of a DNS label. */}}

{{- define "cairn.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "cairn.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "cairn.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "cairn.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "cairn.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "cairn.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "cairn.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{- printf "%s@%s" .repository .digest -}}
{{- else -}}
{{- printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of a component; never changes during the life of a release. Takes (list $ COMPONENT). */}}
{{- define "cairn.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "cairn.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{/* `labels` and `annotations` of an object. Takes (list $ COMPONENT LABELS ANNOTATIONS). */}}
{{- define "cairn.meta" -}}
{{- $root := index . 0 -}}
{{- $own := dict
      "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_")
      "app.kubernetes.io/version" $root.Chart.AppVersion
      "app.kubernetes.io/managed-by" $root.Release.Service
      "app.kubernetes.io/part-of" "cairn" -}}
{{- $labels := merge (include "cairn.selector" . | fromYaml) (index . 2) $root.Values.commonLabels $own -}}
labels: {{- toYaml $labels | nindent 2 }}
{{- with merge (dict) (index . 3) $root.Values.commonAnnotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The same for the pods of a controller, without what changes with every version of the chart: that alone restarts nobody. */}}
{{- define "cairn.podMeta" -}}
{{- $root := index . 0 -}}
{{- $labels := merge (include "cairn.selector" . | fromYaml) (index . 2) $root.Values.commonLabels -}}
labels: {{- toYaml $labels | nindent 2 }}
{{- with merge (dict) (index . 3) $root.Values.commonAnnotations }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* An object with what `overrides` says about it. Takes (list $ NAME): the template cairn.NAME and overrides.NAME. */}}
{{- define "cairn.object" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $object := include (printf "cairn.%s" $name) $root | fromYaml -}}
{{- if hasKey $object "Error" -}}
{{- fail (printf "%s is not YAML: %s" $name (get $object "Error")) -}}
{{- end -}}
{{- toYaml (mustMergeOverwrite $object (deepCopy (get $root.Values.overrides $name))) -}}
{{- end -}}
