using System.Text.Json;
using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Imports;

/// <summary>A column of an account, whatever a bank's file calls it.</summary>
public enum ImportColumn
{
    AccountNumber,
    DebtorReference,
    DebtorName,
    IdNumber,
    TimeZone,
    Phone,
    Email,
    Address,
    City,
    Product,
    Currency,
    CreditLimit,
    Principal,
    Interest,
    Fees,
    OldestDueDate,
    IdType,
}

/// <summary>What one header of a file is to be taken for.</summary>
/// <param name="Header">As the file writes it, empty where it has none; in NDJSON the name of the member.</param>
/// <param name="Column">The column it is; absent to leave it out.</param>
public sealed record ColumnChoice(string Header, ImportColumn? Column = null);

/// <summary>
/// Which column each header of a file is: as the bank chose, else by the columns' own names. A header that begins with # is a remark for
/// people and left out. Any other is refused: a misspelt column would be dropped in silence.
/// </summary>
internal sealed class ColumnMap
{
    private const char Remark = '#';

    /// <summary>By the columns' own names alone.</summary>
    public static readonly ColumnMap ByName = new([]);

    private readonly Dictionary<string, Column?> chosen;

    public ColumnMap(IReadOnlyList<ColumnChoice> choices)
    {
        Choices = choices;
        chosen = choices.ToDictionary(choice => choice.Header.Trim(), choice => choice.Column is { } column ? Column.Of(column) : null, StringComparer.Ordinal);
    }

    public IReadOnlyList<ColumnChoice> Choices { get; }

    /// <summary>What is written in the file that tells an import's rejected rows: the headers of the columns that are read, each with its column.</summary>
    public IEnumerable<(string Header, Column Column)> Read => Choices
        .Where(choice => choice.Column is not null)
        .Select(choice => (choice.Header, Column.Of(choice.Column!.Value)))
        .Concat(Column.All.Where(column => !chosen.ContainsValue(column)).Select(column => (column.Name, column)));

    /// <summary>Whether the header is known; its column is null where it is left out.</summary>
    public bool Knows(string header, out Column? column)
    {
        if (!chosen.TryGetValue(header, out column))
        {
            column = Column.Find(header);
            return column is not null || IsRemark(header);
        }

        return true;
    }

    public static bool IsRemark(string header) => header.StartsWith(Remark);

    /// <summary>The columns of a CSV file by the names in its header; null for one that is left out.</summary>
    /// <exception cref="ImportFailure">A name is unknown, a column is there twice, or a required one is not.</exception>
    // An unknown name is shown as a value, which is stored encrypted; where none of the names is known it is not shown at all, since
    // the header of a file without one is a debtor's data.
    public Column?[] ColumnsOf(IReadOnlyList<string> names)
    {
        var unknown = names.Where(name => !Knows(name, out _)).ToList();
        if (unknown.Count > 0)
        {
            var someAreKnown = unknown.Count < names.Count;
            throw new ImportFailure(ImportFailure.ColumnsUnknown, [.. unknown.Take(someAreKnown ? 100 : 1).Select(name => Fault.At(null, Fault.ColumnUnknown, someAreKnown ? name : null))]);
        }

        var columns = names.Select(name => Knows(name, out var column) ? column : null).ToArray();
        var repeated = columns.OfType<Column>().GroupBy(column => column).Where(group => group.Skip(1).Any()).Select(group => Fault.At(group.Key, Fault.ColumnRepeated)).ToList();
        if (repeated.Count > 0)
        {
            throw new ImportFailure(ImportFailure.ColumnsRepeated, repeated);
        }

        var missing = Column.All.Where(column => column.Required).Except(columns).Select(column => Fault.At(column, Fault.ColumnMissing)).ToList();
        return missing.Count == 0 ? columns : throw new ImportFailure(ImportFailure.ColumnsMissing, missing);
    }

    // A header can be a debtor's name where the file has none: so the choices are kept as private as the rows.
    public byte[]? Encrypt(PrivateFields fields, int bank, Id import) => Choices.Count == 0
        ? null
        : fields.Encrypt(bank, "import", "mapping_cipher", import, JsonSerializer.Serialize(Choices, Json.Options));

    public static ColumnMap Decrypt(PrivateFields fields, int bank, Id import, byte[]? cipher) => cipher is null
        ? ByName
        : new(JsonSerializer.Deserialize<List<ColumnChoice>>(fields.Decrypt(bank, "import", "mapping_cipher", import, cipher), Json.Options)!);
}
