export type ReportKind = 'junit' | 'markdown' | 'sarif';

export const reportKinds: readonly ReportKind[] = ['junit', 'markdown', 'sarif'];
