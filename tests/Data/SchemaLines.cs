using System.Text.RegularExpressions;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Data;

/// <summary>
/// A schema as lines that read the same for both engines: one a column, key, check and index. SQLite's own catalogue keeps the
/// text of each table, plain enough to be read by the T-SQL parser once its few words of its own are gone.
/// </summary>
internal static partial class SchemaLines
{
    public static IReadOnlyList<string> OfSqlServer(string migrations) => Lines(SqlServerText.Parse(migrations));

    public static IReadOnlyList<string> OfSqlite(ScratchDatabase database)
    {
        var texts = database.ReadNames("SELECT sql FROM sqlite_schema WHERE type IN ('table', 'index') AND sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'schema_migration'");
        return Lines(SqlServerText.Parse(string.Join("\nGO\n", texts.Select(AsTransactSql))));
    }

    /// <summary>Foreign keys that would let a child hang under another tenant's parent, which no row rule looks at.</summary>
    public static IReadOnlyList<string> KeysWithoutTenant(string migrations) =>
        [.. Lines(SqlServerText.Parse(migrations)).Where(line => line.Contains(" foreign key ", StringComparison.Ordinal) && !line.Contains("-> tenant(", StringComparison.Ordinal)
            && !line.StartsWith("auth_", StringComparison.Ordinal) && !TenantKey().IsMatch(line))];

    private static List<string> Lines(TSqlScript script)
    {
        var lines = new List<string>();
        foreach (var table in SqlServerText.Find<CreateTableStatement>(script))
        {
            AddTable(lines, NameOf(table.SchemaObjectName), table.Definition);
        }

        foreach (var added in SqlServerText.Find<AlterTableAddTableElementStatement>(script))
        {
            AddTable(lines, NameOf(added.SchemaObjectName), added.Definition);
        }

        lines.AddRange(SqlServerText.Find<CreateIndexStatement>(script).Select(index =>
            $"{NameOf(index.OnName)} {(index.Unique ? "unique index" : "index")} {index.Name.Value} ({Keys(index.Columns)}) where {(index.FilterPredicate is null ? "all" : Plain(index.FilterPredicate))}"));
        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    private static void AddTable(List<string> lines, string table, TableDefinition definition)
    {
        foreach (var column in definition.ColumnDefinitions)
        {
            var name = column.ColumnIdentifier.Value;
            var nullable = column.Constraints.OfType<NullableConstraintDefinition>().Select(c => c.Nullable ? "null" : "not null").SingleOrDefault("unsaid");
            var fallback = column.DefaultConstraint is null ? "" : $" default {Plain(column.DefaultConstraint.Expression)}";
            lines.Add($"{table}.{name} {TypeOf(column)} {nullable}{fallback}");
            lines.AddRange(column.Constraints.Where(c => c is not NullableConstraintDefinition).Select(c => $"{table}.{name} says {Plain(c)} inside the column"));
        }

        foreach (var constraint in definition.TableConstraints)
        {
            var name = constraint.ConstraintIdentifier?.Value ?? "without a name";
            lines.Add(table + " " + constraint switch
            {
                UniqueConstraintDefinition { IsPrimaryKey: true } key => $"primary key {name} ({Keys(key.Columns)})",
                UniqueConstraintDefinition key => $"unique {name} ({Keys(key.Columns)})",
                CheckConstraintDefinition check => $"check {name} ({Plain(check.CheckCondition)})",
                ForeignKeyConstraintDefinition key =>
                    $"foreign key {name} ({Names(key.Columns)}) -> {NameOf(key.ReferenceTableName)}({Names(key.ReferencedTableColumns)}) delete {key.DeleteAction} update {key.UpdateAction}",
                _ => $"says {Plain(constraint)}",
            });
        }
    }

    private static string TypeOf(ColumnDefinition column) => (column.DataType as SqlDataTypeReference)?.SqlDataTypeOption switch
    {
        SqlDataTypeOption.Int or SqlDataTypeOption.BigInt or SqlDataTypeOption.SmallInt or SqlDataTypeOption.TinyInt or SqlDataTypeOption.Bit => "integer",
        SqlDataTypeOption.Rowversion => "integer",
        SqlDataTypeOption.Binary or SqlDataTypeOption.VarBinary => "blob",
        SqlDataTypeOption.Char or SqlDataTypeOption.VarChar or SqlDataTypeOption.NVarChar or SqlDataTypeOption.Date or SqlDataTypeOption.DateTime2 => "text",
        _ => Plain(column.DataType),
    };

    private static string NameOf(SchemaObjectName name) => SqlServerText.NameOf(name) is ("auth", var table) ? "auth_" + table : name.BaseIdentifier.Value;

    private static string Names(IEnumerable<Identifier> columns) => string.Join(", ", columns.Select(c => c.Value));

    private static string Keys(IEnumerable<ColumnWithSortOrder> columns) =>
        string.Join(", ", columns.Select(c => c.Column.MultiPartIdentifier.Identifiers[^1].Value + (c.SortOrder == SortOrder.Descending ? " desc" : "")));

    private static string Plain(TSqlFragment fragment) => Space().Replace(SqlServerText.Words(fragment), " ").Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);

    private static string AsTransactSql(string text)
    {
        text = Trailer().Replace(text, ")").Replace(" AUTOINCREMENT", "", StringComparison.Ordinal);
        text = BaseName().Replace(text, name => name.Groups["name"].Value == "case" ? "[case]" : name.Groups["name"].Value);
        return SqliteType().Replace(text, type => type.Groups["type"].Value switch { "INTEGER" => " bigint ", "BLOB" => " varbinary(max) ", _ => " nvarchar(max) " });
    }

    [GeneratedRegex(@"\bbase_(?<name>\w+)")]
    private static partial Regex BaseName();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"\)\s*(STRICT|WITHOUT ROWID)(\s*,\s*(STRICT|WITHOUT ROWID))?\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Trailer();

    [GeneratedRegex(@" (?<type>INTEGER|BLOB|TEXT) (?=NOT NULL|NULL)")]
    private static partial Regex SqliteType();

    [GeneratedRegex(@"\((bank_id|agency_id|tenant_id), [^>]*-> \w+\((bank_id|agency_id|tenant_id),", RegexOptions.ExplicitCapture)]
    private static partial Regex TenantKey();
}
