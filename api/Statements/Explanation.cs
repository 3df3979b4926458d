using System.Globalization;
using System.Text;
using Agency.Api.Http;

namespace Agency.Api.Statements;

/// <summary>Says in a sentence or two how a line comes to its commission, in the caller's language.</summary>
internal static class Explanation
{
    private static bool IsChinese => CultureInfo.CurrentUICulture.Name == CallerLanguage.Chinese;

    public static string Of(StatementLineRow line) => line switch
    {
        { IsUndone: true } => Say("Confirmed and reversed within this statement: it earns nothing.", "本期内确认后又冲正，不计佣金。"),
        { IsReversal: true, OriginalNumber: null } => Say("The money went back; no commission had been paid on it.", "款项已冲正；此前未计佣金，无需扣回。"),
        { IsReversal: true } => Say(
            $"The money went back: what line {line.OriginalNumber} of {Month(line)} earned is taken back.",
            $"款项已冲正：扣回 {Month(line)}对账单第 {line.OriginalNumber} 行的佣金。"),
        _ => Earned(line),
    };

    /// <summary>A rate as a per cent: 12.5%.</summary>
    public static string Rate(int basisPoints) => string.Create(CultureInfo.InvariantCulture, $"{basisPoints / 100m:0.##}%");

    private static string Earned(StatementLineRow line)
    {
        var text = new StringBuilder(line.DirectPaymentId is null ? "" : Say("Paid to the bank itself. ", "直接还款。"));
        if (line.BasisPoints is null)
        {
            text.Append(Say($"The agreement has no rate for {line.CycleName}.", $"协议未约定 {line.CycleName} 的佣金率。"));
        }
        else
        {
            var parts = line.Parts.Select(piece => $"{Money(line, piece.Amount)} × {Rate(piece.BasisPoints)}{Tier(piece)}").DefaultIfEmpty($"{Money(line, 0)} × {Rate(line.BasisPoints.Value)}");
            text.Append(Say($"{line.CycleName} when assigned: ", $"委案时 {line.CycleName}：")).AppendJoin(" + ", parts).Append(" = ").Append(Money(line, line.Earned)).Append(Say(".", "。"));
        }

        Add(text, line.Overpaid, Say($" {Money(line, line.Overpaid)} was paid beyond the balance and earns nothing.", $"溢缴 {Money(line, line.Overpaid)}，不计佣金。"));
        Add(text, line.AccountCapTaken, Say($" The account's cap takes off {Money(line, line.AccountCapTaken)}.", $"超出账户佣金上限，扣减 {Money(line, line.AccountCapTaken)}。"));
        Add(text, line.StatementCapTaken, Say($" The statement's cap takes off {Money(line, line.StatementCapTaken)}.", $"超出本期佣金上限，扣减 {Money(line, line.StatementCapTaken)}。"));
        return text.ToString();
    }

    private static void Add(StringBuilder text, long amount, string sentence)
    {
        if (amount != 0)
        {
            text.Append(sentence);
        }
    }

    private static string Tier(Piece piece) => piece.Tier == 0 ? "" : Say($" (tier {piece.Tier})", $"（第 {piece.Tier} 档）");

    private static string Month(StatementLineRow line) => Say(
        line.OriginalMonth?.ToString("MMMM yyyy", CultureInfo.InvariantCulture) ?? "", line.OriginalMonth?.ToString("yyyy 年 M 月", CultureInfo.InvariantCulture) ?? "");

    private static string Money(StatementLineRow line, long amount) => Currency.Grouped(amount, line.Currency);

    private static string Say(string english, string chinese) => IsChinese ? chinese : english;
}
