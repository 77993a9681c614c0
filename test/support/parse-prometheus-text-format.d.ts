declare module 'parse-prometheus-text-format' {
  const parse: (text: string) => import('./read-prometheus.ts').MetricFamily[];
  export default parse;
}
