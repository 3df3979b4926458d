namespace Agency.Api.Imports;

/// <summary>The columns a file of accounts can have. CSV headers and NDJSON members use the same names.</summary>
/// <param name="Name">As it is written in the file.</param>
/// <param name="Ordinal">Its place in a <see cref="FileRow"/>, whatever the order in the file.</param>
/// <param name="Required">Whether every row must fill it.</param>
/// <param name="MaxLength">The longest value that can be stored, in UTF-16 characters.</param>
/// <param name="IsAmount">Whether it is an integer of minor units: a number in NDJSON, not a string.</param>
/// <param name="Mask">How a value is shown among an import's errors; null unless it is private to the debtor.</param>
internal sealed record Column(string Name, int Ordinal, bool Required, int MaxLength, bool IsAmount = false, Func<string, string>? Mask = null)
{
    private const int AmountLength = 20;

    public static readonly Column AccountNumber = new("account_number", 0, true, 64);
    public static readonly Column DebtorReference = new("debtor_reference", 1, true, 64);
    public static readonly Column DebtorName = new("debtor_name", 2, true, 200, Mask: Data.Mask.Name);
    public static readonly Column IdNumber = new("id_number", 3, false, 30, Mask: Data.Mask.IdNumber);
    public static readonly Column TimeZone = new("time_zone", 4, false, 60);
    public static readonly Column Phone = new("phone", 5, false, 40, Mask: Data.Mask.Phone);
    public static readonly Column Email = new("email", 6, false, 254, Mask: Data.Mask.Email);
    public static readonly Column Address = new("address", 7, false, 1000, Mask: Data.Mask.Address);
    public static readonly Column City = new("city", 8, false, 100);
    public static readonly Column Product = new("product", 9, false, 60);
    public static readonly Column Currency = new("currency", 10, false, 3);
    public static readonly Column CreditLimit = new("credit_limit", 11, false, AmountLength, IsAmount: true);
    public static readonly Column Principal = new("principal", 12, true, AmountLength, IsAmount: true);
    public static readonly Column Interest = new("interest", 13, false, AmountLength, IsAmount: true);
    public static readonly Column Fees = new("fees", 14, false, AmountLength, IsAmount: true);
    public static readonly Column OldestDueDate = new("oldest_due_date", 15, true, 10);
    public static readonly Column IdType = new("id_type", 16, false, 20);

    public static readonly IReadOnlyList<Column> All =
    [
        AccountNumber, DebtorReference, DebtorName, IdNumber, TimeZone, Phone, Email, Address, City,
        Product, Currency, CreditLimit, Principal, Interest, Fees, OldestDueDate, IdType,
    ];

    private static readonly Dictionary<string, Column> ByName = All.ToDictionary(column => column.Name, StringComparer.Ordinal);

    private static readonly Dictionary<ImportColumn, Column> ByWord = Enum.GetValues<ImportColumn>().ToDictionary(word => word, word => ByName[Http.Words.Of(word)]);

    /// <summary>The word for it in the contract.</summary>
    public ImportColumn Word => Http.Words.Read<ImportColumn>(Name);

    public static Column? Find(string name) => ByName.GetValueOrDefault(name);

    public static Column Of(ImportColumn word) => ByWord[word];
}
