using System.Text;

namespace Agency.Api.Imports;

/// <summary>What the headers of a bank's file most likely are. A guess is only ever proposed: what is loaded is what the bank chose.</summary>
internal static class ColumnGuess
{
    private static readonly Dictionary<string, Column> Usual = new (Column Column, string[] Words)[]
    {
        (Column.AccountNumber, ["account", "accountno", "accountnumber", "loannumber", "cardnumber", "账号", "账户", "账户号", "账户编号", "卡号", "借据号", "合同号", "合同编号"]),
        (Column.DebtorReference, ["debtor", "debtorid", "debtorreference", "customerid", "customerno", "customernumber", "clientid", "客户号", "客户编号", "债务人编号"]),
        (Column.DebtorName, ["name", "fullname", "debtorname", "customername", "姓名", "客户姓名", "债务人姓名", "债务人"]),
        (Column.IdNumber, ["id", "idno", "idnumber", "idcard", "identitynumber", "身份证", "身份证号", "身份证号码", "证件号", "证件号码"]),
        (Column.IdType, ["idtype", "证件类型"]),
        (Column.TimeZone, ["timezone", "时区"]),
        (Column.Phone, ["phone", "phonenumber", "mobile", "mobilephone", "telephone", "tel", "手机", "手机号", "手机号码", "电话", "电话号码", "联系电话"]),
        (Column.Email, ["email", "emailaddress", "mail", "邮箱", "电子邮箱", "电子邮件"]),
        (Column.Address, ["address", "homeaddress", "地址", "住址", "家庭地址", "联系地址"]),
        (Column.City, ["city", "town", "城市", "所在城市"]),
        (Column.Product, ["product", "productname", "产品", "产品名称", "业务品种"]),
        (Column.Currency, ["currency", "ccy", "币种", "货币"]),
        (Column.CreditLimit, ["creditlimit", "limit", "额度", "信用额度", "授信额度"]),
        (Column.Principal, ["principal", "principalbalance", "本金", "剩余本金", "本金余额", "欠款本金"]),
        (Column.Interest, ["interest", "利息", "欠息", "利息余额"]),
        (Column.Fees, ["fee", "fees", "charges", "费用", "滞纳金", "违约金"]),
        (Column.OldestDueDate, ["duedate", "oldestduedate", "overduesince", "逾期日", "逾期日期", "最早到期日", "最早逾期日", "首次逾期日"]),
    }.SelectMany(usual => usual.Words.Select(word => (word, usual.Column))).ToDictionary(usual => usual.word, usual => usual.Column, StringComparer.Ordinal);

    /// <summary>Each header with what it is taken for: the surest first, and no column twice.</summary>
    public static IReadOnlyList<PreviewColumn> Of(IReadOnlyList<string> headers, ColumnMap earlier)
    {
        var taken = new HashSet<Column>();
        var found = new PreviewColumn?[headers.Count];
        Propose(ColumnMatch.Name, Column.Find);
        Propose(ColumnMatch.Earlier, header => earlier.Choices.FirstOrDefault(choice => choice.Header == header)?.Column is { } word ? Column.Of(word) : null);
        Propose(ColumnMatch.Likely, header => Usual.GetValueOrDefault(Plain(header)));
        var noneIsKnown = taken.Count == 0;
        return [.. headers.Select((header, place) => found[place] ?? new PreviewColumn(
            noneIsKnown && header.Any(char.IsDigit) ? ShapeOf(header) : header, null, IsLeftOut(header) ? ColumnMatch.LeftOut : ColumnMatch.Unknown))];

        void Propose(ColumnMatch match, Func<string, Column?> find)
        {
            for (var place = 0; place < headers.Count; place++)
            {
                if (found[place] is null && !IsLeftOut(headers[place]) && find(headers[place]) is { } column && taken.Add(column))
                {
                    found[place] = new PreviewColumn(headers[place], column.Word, match);
                }
            }
        }

        bool IsLeftOut(string header) => ColumnMap.IsRemark(header) || earlier.Choices.Any(choice => choice.Header == header && choice.Column is null);
    }

    /// <summary>What a text looks like, and nothing of what it says.</summary>
    public static string ShapeOf(string text)
    {
        var shape = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            shape.Append(Rune.IsDigit(rune) ? '9' : !Rune.IsLetter(rune) ? rune.IsAscii ? (char)rune.Value : '·' : rune.Value < 0x2E80 ? 'x' : '文');
        }

        return shape.ToString();
    }

    private static string Plain(string header) => string.Concat(header.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Where(char.IsLetterOrDigit));
}
