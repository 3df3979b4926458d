using System.Data.Common;
using Agency.Api.Data;
using Agency.Tests.Data;
using Dapper;

namespace Agency.Tests.Isolation;

/// <summary>
/// Every caller does everything to every table through the real door; what the base tables then hold is compared with what
/// the rules allow. Returns what went otherwise, so that a planted fault can be shown to be noticed.
/// </summary>
internal sealed class SqliteMatrix(ScratchDatabase database)
{
    private readonly List<string> violations = [];
    private DbCommand? digest;
    private Dictionary<string, string>? standing;

    /// <summary>How many deeds were tried: a matrix that tried nothing found nothing.</summary>
    public int Tried { get; private set; }

    public int Refused { get; private set; }

    public static IReadOnlyList<string> TablesOf(ScratchDatabase database) =>
        database.ReadNames("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE 'auth!_%' ESCAPE '!' AND name <> 'schema_migration' ORDER BY name");

    public async Task<IReadOnlyList<string>> FindViolationsAsync(string? only = null)
    {
        foreach (var baseTable in TablesOf(database))
        {
            var table = baseTable.StartsWith("base_", StringComparison.Ordinal) ? baseTable["base_".Length..] : "";
            if (Tables.Find(table) is not { } rules)
            {
                violations.Add($"{baseTable} has no case in the matrix");
            }
            else if (only is null || only == table)
            {
                await TryAsync(rules);
            }
        }

        return violations;
    }

    private async Task TryAsync(TableRules rules)
    {
        var shape = Shape.Of(database, rules.Table);
        ProveThatTheDeedsWorkOnTheBaseTable(shape, rules);
        RefuseTwice(rules);
        foreach (var (name, who) in World.Callers)
        {
            var caller = $"{name}, {rules.Table}";
            await SelectAsync(caller, who, rules, shape);
            await InsertAsync(caller, who, rules, shape);
            foreach (var row in shape.Rows(database))
            {
                await UpdateAsync(caller, who, rules, shape, row);
                await MoveAsync(caller, who, rules, shape, row);
                await DeleteAsync(caller, who, rules, shape, row);
            }

            await BulkAsync(caller, who, rules, shape);
        }
    }

    /// <summary>
    /// A trigger that writes asks about the row as it was and as it will be, although each question alone would refuse today's
    /// deeds, and raises when it wrote nothing.
    /// </summary>
    private void RefuseTwice(TableRules rules)
    {
        foreach (var trigger in database.Read($"SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{rules.Table}'"))
        {
            var text = (string)trigger["sql"]!;
            string[] needs = text switch
            {
                _ when text.Contains("UPDATE base_", StringComparison.Ordinal) => [$"OLD.{rules.Update.Columns[0]} = session_tenant()) IS NOT TRUE", $"NEW.{rules.Update.Columns[0]} = session_tenant()) IS NOT TRUE", "is fixed'", "WHERE changes() = 0"],
                _ when text.Contains("DELETE FROM base_", StringComparison.Ordinal) => [$"OLD.{rules.Delete.Columns[0]} = session_tenant()) IS NOT TRUE", "WHERE changes() = 0"],
                _ => ["RAISE(ABORT, 'isolation:"],
            };
            violations.AddRange(needs.Where(need => !text.Contains(need, StringComparison.Ordinal)).Select(need => $"{trigger["name"]} does not say: {need}"));
        }
    }

    private async Task SelectAsync(string caller, TenantContext? who, TableRules rules, Shape shape)
    {
        var expected = shape.Rows(database).Where(row => rules.Read.Allows(World.Facts, who, row)).Select(shape.Text).Order(StringComparer.Ordinal).ToList();
        List<string> seen;
        try
        {
            await using var session = await database.OpenAsync(who);
            var rows = await session.ListAsync<dynamic>(new Sql($"SELECT * FROM [{rules.Table}]"));
            seen = [.. rows.Select(row => shape.Text(new Row((IDictionary<string, object?>)row))).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is DbException or RowRefusedException)
        {
            violations.Add($"{caller}: select failed: {exception.Message}");
            return;
        }

        Tried++;
        if (!seen.SequenceEqual(expected, StringComparer.Ordinal))
        {
            violations.Add($"{caller}: sees {seen.Count} rows, should see {expected.Count}");
        }
    }

    private async Task InsertAsync(string caller, TenantContext? who, TableRules rules, Shape shape)
    {
        foreach (var (name, row) in World.Candidates(rules.Table))
        {
            var allowed = rules.Insert.Allows(World.Facts, who, row);
            await DoAsync($"{caller}: insert of {name}", who, World.InsertText(rules.Table, row), row, shape, allowed, mustSay: !allowed, before =>
                [.. before, shape.Text(Completed(row, shape))]);
        }
    }

    // tenant_id of a tenant is the database's to give.
    private Row Completed(Row row, Shape shape) => shape.Table == "tenant"
        ? row.With("tenant_id", database.Read("SELECT max(tenant_id) AS n FROM base_tenant")[0]["n"])
        : row;

    private async Task UpdateAsync(string caller, TenantContext? who, TableRules rules, Shape shape, Row row)
    {
        var allowed = rules.Read.Allows(World.Facts, who, row) && rules.Update.Allows(World.Facts, who, row);
        var (set, values) = shape.Touch(rules);
        await DoAsync($"{caller}: update of {shape.Key(row)}", who, $"UPDATE [{rules.Table}] SET {set} WHERE {shape.KeyMatch}", row.With(values), shape, allowed,
            mustSay: !allowed && rules.Read.Allows(World.Facts, who, row),
            before => [.. before.Where(text => text != shape.Text(row)), shape.Text(row.With(values))]);
    }

    /// <summary>Tenant columns never change, nor does any other column that the table does not list: not even for its owner.</summary>
    private async Task MoveAsync(string caller, TenantContext? who, TableRules rules, Shape shape, Row row)
    {
        var visible = rules.Read.Allows(World.Facts, who, row);
        var permitted = visible && rules.Update.Allows(World.Facts, who, row);
        foreach (var column in shape.Columns.Where(c => permitted ? !rules.Changes.Contains(c.Name, StringComparer.Ordinal) : c.Name.EndsWith("_id", StringComparison.Ordinal) && c.Type == "INTEGER"))
        {
            var value = column.Another(row[column.Name]);
            await DoAsync($"{caller}: change of {column.Name} of {shape.Key(row)}", who, $"UPDATE [{rules.Table}] SET {column.Name} = @new_value WHERE {shape.KeyMatch}",
                row.With("new_value", value), shape, allowed: false, mustSay: visible, before => [.. before]);
        }
    }

    private async Task DeleteAsync(string caller, TenantContext? who, TableRules rules, Shape shape, Row row)
    {
        var visible = rules.Read.Allows(World.Facts, who, row);
        var allowed = visible && rules.Delete.Allows(World.Facts, who, row);
        await DoAsync($"{caller}: delete of {shape.Key(row)}", who, $"DELETE FROM [{rules.Table}] WHERE {shape.KeyMatch}", row, shape, allowed, mustSay: visible && !allowed,
            before => [.. before.Where(text => text != shape.Text(row))]);
    }

    /// <summary>The same without a WHERE: only the caller's own rows may move, and none when one of them may not.</summary>
    private async Task BulkAsync(string caller, TenantContext? who, TableRules rules, Shape shape)
    {
        var rows = shape.Rows(database);
        var visible = rows.Where(row => rules.Read.Allows(World.Facts, who, row)).ToList();
        var (set, values) = shape.Touch(rules);
        var touches = visible.Count > 0 && visible.TrueForAll(row => rules.Update.Allows(World.Facts, who, row));
        await DoAsync($"{caller}: bulk update", who, $"UPDATE [{rules.Table}] SET {set}", values, shape, touches, mustSay: !touches && visible.Count > 0,
            _ => [.. rows.Select(row => shape.Text(visible.Contains(row) ? row.With(values) : row))]);
        var deletes = visible.Count > 0 && visible.TrueForAll(row => rules.Delete.Allows(World.Facts, who, row));
        await DoAsync($"{caller}: bulk delete", who, $"DELETE FROM [{rules.Table}]", new Row(), shape, deletes, mustSay: !deletes && visible.Count > 0,
            _ => [.. rows.Where(row => !visible.Contains(row)).Select(shape.Text)]);
    }

    private async Task DoAsync(
        string deed, TenantContext? who, string text, Row values, Shape shape, bool allowed, bool mustSay, Func<IReadOnlyList<string>, List<string>> after)
    {
        Tried++;
        standing ??= Digest();
        var before = standing;
        var rows = shape.Rows(database).ConvertAll(row => shape.Text(row));
        string? refusal = null;
        try
        {
            await using var session = await database.OpenAsync(who, write: true);
            await session.ExecuteAsync(new Sql(text), new DynamicParameters(values));
            await session.CommitAsync();
        }
        catch (Exception exception) when (exception is DbException or RowRefusedException)
        {
            refusal = (exception.InnerException ?? exception).Message;
        }

        standing = Digest();
        if (allowed)
        {
            var found = shape.Rows(database).Select(row => shape.Text(row)).Order(StringComparer.Ordinal);
            if (!found.SequenceEqual(after(rows).Order(StringComparer.Ordinal), StringComparer.Ordinal))
            {
                violations.Add($"{deed}: did not do what it may: {refusal ?? "no error"}");
            }
        }

        foreach (var (table, digest) in standing.Where(d => d.Value != before[d.Key] && (!allowed || d.Key != "base_" + shape.Table)))
        {
            violations.Add($"{deed}: changed {table}, now {digest.Length} long");
        }

        // Refused for another reason than isolation (a missing trigger, a foreign key) would be luck.
        if (mustSay && refusal?.Contains("isolation:", StringComparison.Ordinal) != true)
        {
            violations.Add($"{deed}: was not refused as foreign: {refusal ?? "no error"}");
        }

        Refused += refusal is null ? 0 : 1;
        if (standing["base_" + shape.Table] != before["base_" + shape.Table])
        {
            shape.Restore(database);
            standing = null;
        }
    }

    /// <summary>Each deed that a view refuses to all works on its base table: it is the view that refuses, not a mistake of the test.</summary>
    private void ProveThatTheDeedsWorkOnTheBaseTable(Shape shape, TableRules rules)
    {
        var row = shape.Rows(database).FirstOrDefault();
        if (row is null)
        {
            violations.Add($"{rules.Table}: the world has no row of it");
            return;
        }

        var (set, values) = shape.Touch(rules);
        foreach (var (_, candidate) in World.Candidates(rules.Table))
        {
            Prove("insert", World.InsertText("base_" + rules.Table, candidate), candidate);
        }

        Prove("update", $"UPDATE base_{rules.Table} SET {set} WHERE {shape.KeyMatch}", row.With(values));
        Prove("delete", $"DELETE FROM base_{rules.Table} WHERE {shape.KeyMatch}", row);
        shape.Restore(database);

        void Prove(string deed, string text, Row parameters)
        {
            if (database.Execute(text, parameters) != 1)
            {
                violations.Add($"{rules.Table}: the {deed} probe does not work on the base table");
            }
        }
    }

    private Dictionary<string, string> Digest()
    {
        digest ??= database.Prepare(string.Join("\nUNION ALL ", TablesOf(database).Select(table =>
            $"SELECT '{table}', (SELECT group_concat({string.Join(" || '|' || ", database.ReadNames($"SELECT name FROM pragma_table_info('{table}')").Select(c => $"quote({c})"))}) FROM {table})")));
        using var reader = digest.ExecuteReader();
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read())
        {
            digests[reader.GetString(0)] = reader.IsDBNull(1) ? "" : reader.GetString(1);
        }

        return digests;
    }
}
