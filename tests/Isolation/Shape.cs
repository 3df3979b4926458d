using System.Globalization;
using Agency.Tests.Data;

namespace Agency.Tests.Isolation;

/// <summary>A column as SQLite's catalogue gives it.</summary>
internal sealed record Column(string Name, string Type, bool Required, int KeyPart)
{
    /// <summary>A value of the column's type that is not the one given.</summary>
    public object Another(object? value) => Type switch
    {
        "INTEGER" => Convert.ToInt64(value ?? 0, CultureInfo.InvariantCulture) + 1,
        "BLOB" => new byte[] { 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9 },
        _ => "another",
    };
}

/// <summary>A base table's columns and key, and its rows as the plain connection sees them.</summary>
internal sealed class Shape
{
    private static readonly Dictionary<(ScratchDatabase Database, string Table), Shape> Known = [];

    private Shape(ScratchDatabase database, string table)
    {
        Table = table;
        Columns =
        [
            .. database.Read($"PRAGMA table_info([base_{table}])").Select(c => new Column(
                (string)c["name"]!, (string)c["type"]!, (long)c["notnull"]! == 1, (int)(long)c["pk"]!)),
        ];
        KeyMatch = string.Join(" AND ", Columns.Where(c => c.KeyPart > 0).Select(c => $"{c.Name} = @{c.Name}"));
        Seeded = Rows(database);
    }

    public string Table { get; }

    public IReadOnlyList<Column> Columns { get; }

    public string KeyMatch { get; }

    /// <summary>The rows the world began with; whatever a deed changes is put back.</summary>
    public IReadOnlyList<Row> Seeded { get; }

    public static Shape Of(ScratchDatabase database, string table)
    {
        lock (Known)
        {
            return Known.TryGetValue((database, table), out var shape) ? shape : Known[(database, table)] = new Shape(database, table);
        }
    }

    public List<Row> Rows(ScratchDatabase database) => [.. database.Read($"SELECT * FROM base_{Table}").Select(row => new Row(row))];

    public string Text(Row row) => string.Join('|', Columns.Select(c => Rule.Text(row.GetValueOrDefault(c.Name))));

    public string Key(Row row) => string.Join('|', Columns.Where(c => c.KeyPart > 0).Select(c => Rule.Text(row[c.Name])));

    /// <summary>A change that the base table accepts: of a column that may change, else of the last one.</summary>
    public (string Set, Row Values) Touch(TableRules rules)
    {
        var column = Columns.First(c => c.Name == (rules.Changes is [var first, ..] ? first : Columns[^1].Name));
        Row values = rules.Table switch
        {
            "case" => new() { ["state"] = "closed", ["ended_at"] = "2026-03-09 09:00:00.000", ["end_reason"] = "placed_in_error" },
            "import" => new() { ["rows_read"] = 7L },
            "ledger_entry" => new() { ["cause_kind"] = "import" },
            "assignment_skip" => new() { ["reason"] = "hold" },
            "repayment_plan" => new() { ["state"] = "expired" },
            _ => new() { [column.Name] = column.Another(column.Type == "INTEGER" ? 41L : null) },
        };
        return (string.Join(", ", values.Keys.Select(name => $"{name} = @{name}")), values);
    }

    public void Restore(ScratchDatabase database)
    {
        database.Execute("BEGIN IMMEDIATE");
        database.Execute($"DELETE FROM base_{Table}");
        foreach (var row in Seeded)
        {
            World.Insert(database, "base_" + Table, row);
        }

        database.Execute("COMMIT");
    }
}
