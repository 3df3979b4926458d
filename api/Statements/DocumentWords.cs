using System.Globalization;
using Agency.Api.Http;

namespace Agency.Api.Statements;

/// <summary>The words of the printed statement, in the caller's language.</summary>
internal sealed record DocumentWords(
    string Language, string Title, string MonthFormat, string Draft, string Version, string Bank, string Agency, string Number, string Total, string Summary,
    IReadOnlyList<string> SummaryColumns, string Lines, IReadOnlyList<string> LineColumns, string Adjustments, IReadOnlyList<string> AdjustmentColumns,
    string Repayment, string Reversal, string Ended, string Notes, string Signatures, string Signature, string Date)
{
    private static readonly DocumentWords English = new(
        CallerLanguage.English, "Statement of commission", "MMMM yyyy", "Draft, not issued", "Version {0}, issued {1} UTC", "Bank", "Agency", "Statement no.", "Total to pay", "Summary",
        ["Kind and cycle", "Lines", "Money", "Commission"],
        "Lines", ["No.", "Decided", "Account / reference", "Cycle", "Kind", "Money", "Commission", "How it comes about"],
        "Adjustments", ["No.", "Line", "Amount", "Reason"],
        "Repayment", "Reversal", "case ended",
        "Money is what came off the debt by the bank's confirmation, overpayment left out; days and months are UTC. Commission is rounded line by line to the minor unit, half away from zero. What is reversed later is taken back in the next statement.",
        "Signatures", "Name, signature, seal", "Date");

    private static readonly DocumentWords Chinese = new(
        CallerLanguage.Chinese, "佣金对账结算单", "yyyy 年 M 月", "草稿，尚未开具", "第 {0} 版，{1}（UTC）开具", "委托方", "催收机构", "结算单编号", "应付合计", "汇总",
        ["类别与账期", "笔数", "回款", "佣金"],
        "明细", ["序号", "确认日", "账号 / 编号", "账期", "类别", "回款", "佣金", "计算说明"],
        "调整", ["序号", "对应行", "金额", "原因"],
        "还款", "冲正", "案件已结束",
        "回款为委托方确认后冲减欠款的金额，不含溢缴；日期与月份均按 UTC。佣金逐行四舍五入至最小货币单位。此后发生的冲正在下一期扣回。",
        "签署", "姓名、签字、盖章", "日期");

    public static DocumentWords Current => CultureInfo.CurrentUICulture.Name == CallerLanguage.Chinese ? Chinese : English;

    public string VersionOf(int version, DateTimeOffset issuedAt) =>
        string.Format(CultureInfo.InvariantCulture, Version, version, issuedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture));

    public string Kind(string kind) => kind == "reversal" ? Reversal : Repayment;
}
