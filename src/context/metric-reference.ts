import { dictGet } from '../jinja/dict.ts';
import { HOST, type HostType } from '../jinja/host.ts';
import type { Dict, Value } from '../jinja/values.ts';

/**
 * What `metric(...)` gives: prints as the metric's name and has `metric_name` and `package_name`, which is what the
 * call says while the project is parsed. When nodes run it has the fields of the metric, too.
 */
export class MetricReference {
  readonly name: string;
  readonly packageName: string | null;
  readonly fields: Dict | null;

  constructor(name: string, packageName: string | null, fields: Dict | null = null) {
    this.name = name;
    this.packageName = packageName;
    this.fields = fields;
  }

  get [HOST](): HostType<MetricReference> {
    return metricReferenceType;
  }
}

const metricReferenceType: HostType<MetricReference> = {
  typeName: 'MetricReference',
  attr: ({ name, packageName, fields }, attribute): Value | undefined => {
    if (attribute === 'metric_name') return name;
    if (attribute === 'package_name') return packageName;
    return fields === null ? undefined : dictGet(fields, attribute);
  },
  str: ({ name }) => name,
};
