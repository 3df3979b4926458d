namespace Agency.Tests.Isolation;

/// <summary>A row by column name.</summary>
internal sealed class Row : Dictionary<string, object?>
{
    public Row()
        : base(StringComparer.Ordinal)
    {
    }

    public Row(IEnumerable<KeyValuePair<string, object?>> columns)
        : base(columns, StringComparer.Ordinal)
    {
    }

    /// <summary>An anonymous object whose properties are the columns.</summary>
    public static Row From(object columns) =>
        new(columns.GetType().GetProperties().Select(p => KeyValuePair.Create(p.Name, p.GetValue(columns))));

    public Row With(string column, object? value) => With([KeyValuePair.Create(column, value)]);

    public Row With(IEnumerable<KeyValuePair<string, object?>> changes)
    {
        var row = new Row(this);
        foreach (var (column, value) in changes)
        {
            row[column] = value;
        }

        return row;
    }
}
