using System.Globalization;

namespace Agency.Api.Imports;

/// <summary>One thing wrong at one place of a row.</summary>
/// <param name="Column">The column's name; null when it is the row as a whole.</param>
/// <param name="Code">One of the codes below.</param>
/// <param name="Value">What stands there, cut; null when there is nothing to show, as always where the row as a whole can't be read.</param>
internal sealed record Fault(string? Column, string Code, string? Value)
{
    public const string RowMalformed = "row.malformed";
    public const string RowEncoding = "row.encoding";
    public const string FieldTooLong = "field.too_long";
    public const string FieldControl = "field.control_character";
    public const string ColumnMissing = "column.missing";
    public const string ColumnUnknown = "column.unknown";
    public const string ColumnRepeated = "column.repeated";
    public const string NumberMissing = "account.number_missing";
    public const string Duplicate = "account.duplicate_in_file";
    public const string BalanceNotPositive = "account.balance_not_positive";
    public const string Unknown = "account.unknown";
    public const string Resolved = "account.is_resolved";
    public const string OlderFigures = "account.older_figures";
    public const string OtherPortfolio = "account.other_portfolio";
    public const string TrailerDiffers = "trailer.differs";
    public const string NotANumber = "amount.not_a_number";
    public const string Negative = "amount.negative";
    public const string TooLarge = "amount.too_large";
    public const string DateInvalid = "date.invalid";
    public const string DateInFuture = "date.in_future";
    public const string CurrencyMismatch = "currency.mismatch";
    public const string TimeZoneUnknown = "time_zone.unknown";
    public const string PhoneInvalid = "phone.invalid";
    public const string EmailInvalid = "email.invalid";
    public const string IdNumberInvalid = "id_number.invalid";
    public const string IdNumberForm = "id_number.not_18_digits";
    public const string IdNumberRegion = "id_number.region_unknown";
    public const string IdNumberBirthDate = "id_number.birth_date_invalid";
    public const string IdNumberCheckDigit = "id_number.check_digit_wrong";
    public const string IdTypeUnknown = "id_type.unknown";
    public const string DebtorConflict = "debtor.conflict";

    internal const int ShownLength = 200;

    private static readonly Dictionary<string, (string English, string Chinese)> Messages = new(StringComparer.Ordinal)
    {
        [RowMalformed] = ("The row can't be read: check quotes, separators and the number of fields.", "该行无法解析：请检查引号、分隔符和字段数量。"),
        [RowEncoding] = ("The text is not UTF-8: save the file as UTF-8.", "文本不是 UTF-8 编码：请将文件另存为 UTF-8。"),
        [FieldTooLong] = ("The value is too long.", "内容过长。"),
        [FieldControl] = ("The value has a control character.", "内容含有控制字符。"),
        [ColumnMissing] = ("This column is required.", "该列必填。"),
        [ColumnUnknown] = ("There is no such column.", "该列不存在。"),
        [ColumnRepeated] = ("The column occurs twice.", "该列重复。"),
        [NumberMissing] = ("The account number is required.", "账号必填。"),
        [Duplicate] = ("The account number occurred earlier in this file.", "该账号在本文件中已出现。"),
        [BalanceNotPositive] = ("Principal, interest and fees together must be more than zero.", "本金、利息与费用之和必须大于零。"),
        [Unknown] = ("The bank has loaded no such account: import it with mode new or both.", "该账户尚未导入：请使用 new 或 both 模式。"),
        [Resolved] = ("The account is resolved, and not reopened by a file.", "账户已结清，文件不会重新打开。"),
        [OlderFigures] = ("The account has figures of a later day already.", "账户已有更晚日期的数据。"),
        [OtherPortfolio] = ("The account is in another portfolio.", "该账户属于其他资产包。"),
        [TrailerDiffers] = ("The file's own total is another.", "文件合计与内容不符。"),
        [NotANumber] = ("Write the amount as an integer of minor units, such as 391300.", "金额须为最小货币单位的整数，如 391300。"),
        [Negative] = ("The amount must not be negative.", "金额不得为负。"),
        [TooLarge] = ("The amount is too large.", "金额过大。"),
        [DateInvalid] = ("Write the date as 2005-09-30.", "日期格式应为 2005-09-30。"),
        [DateInFuture] = ("The date is after the day the file is of.", "日期晚于文件的基准日。"),
        [CurrencyMismatch] = ("The currency is not the portfolio's.", "币种与资产包不一致。"),
        [TimeZoneUnknown] = ("Name an IANA time zone, such as Asia/Shanghai.", "请填写 IANA 时区，如 Asia/Shanghai。"),
        [PhoneInvalid] = ("This can't be a phone number: write it with its country code, such as +86…, or as it is dialled in the country of the portfolio's currency.", "电话号码不可能存在：请填写带国家代码的号码（如 +86…），或资产包币种所属国家的拨号格式。"),
        [EmailInvalid] = ("This is not an e-mail address.", "电子邮箱格式不正确。"),
        [IdNumberInvalid] = ("This is not a valid identity number.", "证件号码不正确。"),
        [IdNumberForm] = ("A Chinese identity number has 18 digits, the last of which may be X, or 15 digits.", "居民身份证号码须为 18 位（末位可为 X）或 15 位数字。"),
        [IdNumberRegion] = ("The first digits of the Chinese identity number name no province.", "身份证号码前两位不是有效的省级代码。"),
        [IdNumberBirthDate] = ("Digits 7 to 14 of the Chinese identity number (7 to 12 of 15) are no day somebody can be born on.", "身份证号码中的出生日期无效。"),
        [IdNumberCheckDigit] = ("The last digit of the Chinese identity number does not fit the others: one of them is mistyped.", "身份证号码校验位不符，请核对各位数字。"),
        [IdTypeUnknown] = ("The type is cn_resident, other, or empty.", "证件类型须为 cn_resident、other 或留空。"),
        [DebtorConflict] = ("The debtor reference belongs to a debtor with another identity number or name.", "该债务人编号对应的证件号码或姓名不同。"),
    };

    public static string MessageOf(string code, CultureInfo culture) => Messages.TryGetValue(code, out var message)
        ? culture.TwoLetterISOLanguageName == "zh" ? message.Chinese : message.English
        : code;

    public static Fault At(Column? column, string code, string? value = null) => new(column?.Name, code, Show(value));

    public static string? Show(string? value) => string.IsNullOrEmpty(value) ? null : Cut(value, ShownLength);

    /// <summary>The text with what is beyond the length replaced by a mark.</summary>
    // A value cut inside a surrogate pair could not be written as UTF-8.
    public static string Cut(string value, int length) => value.Length <= length
        ? value
        : string.Concat(value.AsSpan(0, char.IsHighSurrogate(value[length - 1]) ? length - 1 : length), "…");
}

/// <summary>Why a file can't be loaded, or not to its end. Rows of batches before this stay.</summary>
internal sealed class ImportFailure(string code, params IReadOnlyList<Fault> faults) : Exception(code)
{
    public const string Unreadable = "import.unreadable";
    public const string GzipRatio = "import.gzip_ratio";
    public const string Encoding = "import.encoding";
    public const string Empty = "import.empty";
    public const string ColumnsMissing = "import.columns_missing";
    public const string ColumnsUnknown = "import.columns_unknown";
    public const string ColumnsRepeated = "import.columns_repeated";
    public const string TrailerMalformed = "import.trailer_malformed";
    public const string TrailerMismatch = "import.trailer_mismatch";
    public const string FileMissing = "import.file_missing";
    public const string NotStarted = "import.not_started";
    public const string Internal = "import.internal_error";

    public string Code { get; } = code;

    /// <summary>What is wrong with the header, for the import's errors; empty when it is something else.</summary>
    public IReadOnlyList<Fault> Faults { get; } = faults;
}
