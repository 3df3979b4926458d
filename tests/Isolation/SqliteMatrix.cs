using System.Data.Common;
using System.Text.RegularExpressions;
using Agency.Api.Data;
using Agency.Tests.Data;
using Dapper;

namespace Agency.Tests.Isolation;

/// <summary>
/// Every caller does everything to every table through the real door; what the base tables then hold is compared with what
/// the rules allow. Returns what went otherwise, so that a planted fault can be shown to be noticed.
/// </summary>
internal sealed partial class SqliteMatrix(ScratchDatabase database)
{
    private readonly List<string> violations = [];
    private readonly Dictionary<(string Table, string Deed, bool Allowed), int> seen = [];
    private DbCommand? digest;
    private DbCommand? version;
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
            foreach (var row in shape.Seeded)
            {
                await UpdateAsync(caller, who, rules, shape, row);
                await MoveAsync(caller, who, rules, shape, row);
                await DeleteAsync(caller, who, rules, shape, row);
            }

            await BulkAsync(caller, who, rules, shape);
        }

        ProveThatEachRuleIsSeenBothWays(rules);
    }

    /// <summary>A rule that nobody passes, or that refuses nobody, was not put to the test.</summary>
    private void ProveThatEachRuleIsSeenBothWays(TableRules rules)
    {
        foreach (var (deed, rule) in new[] { ("select", rules.Read), ("insert", rules.Insert), ("update", rules.Update), ("delete", rules.Delete) })
        {
            if (rule.Function != "nobody" && !seen.ContainsKey((rules.Table, deed, true)))
            {
                violations.Add($"{rules.Table}: nobody in the world may {deed}, so that {rule.Function} may be wrong");
            }

            if (!seen.ContainsKey((rules.Table, deed, false)))
            {
                violations.Add($"{rules.Table}: nobody in the world is refused {deed}, so that {rule.Function} may be wrong");
            }
        }
    }

    private bool Noted(TableRules rules, string deed, bool allowed)
    {
        seen[(rules.Table, deed, allowed)] = seen.GetValueOrDefault((rules.Table, deed, allowed)) + 1;
        return allowed;
    }

    /// <summary>
    /// A trigger that writes asks the same about the row as it was and as it will be, although each question alone would refuse
    /// today's deeds, and raises when it wrote nothing.
    /// </summary>
    private void RefuseTwice(TableRules rules)
    {
        foreach (var trigger in database.Read($"SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{rules.Table}'"))
        {
            var (name, text) = ((string)trigger["name"]!, (string)trigger["sql"]!);
            var questions = Question().Matches(text).Select(m => m.Groups["question"].Value).ToList();
            var needs = text switch
            {
                _ when text.Contains("UPDATE base_", StringComparison.Ordinal) => Asks(questions, 2) && AsksOf("OLD", questions[0], rules.Update)
                    && questions[1] == questions[0].Replace("OLD.", "NEW.", StringComparison.Ordinal)
                    && text.Contains("is fixed'", StringComparison.Ordinal) && text.Contains("WHERE changes() = 0", StringComparison.Ordinal),
                _ when text.Contains("DELETE FROM base_", StringComparison.Ordinal) =>
                    Asks(questions, 1) && AsksOf("OLD", questions[0], rules.Delete) && text.Contains("WHERE changes() = 0", StringComparison.Ordinal),
                _ when text.Contains("INSERT INTO base_", StringComparison.Ordinal) => Asks(questions, 1) && (rules.Insert.Function == "operator" || AsksOf("NEW", questions[0], rules.Insert)),
                _ => text.Contains("SELECT RAISE(ABORT, 'isolation:", StringComparison.Ordinal) && !text.Contains(" WHERE ", StringComparison.Ordinal),
            };
            if (!needs)
            {
                violations.Add($"{name} does not ask {string.Join(", ", rules.Update.Columns)} twice, or writes without asking");
            }
        }

        static bool Asks(List<string> questions, int count) => questions.Count == count;
        static bool AsksOf(string row, string question, Rule rule) => rule.Columns.All(column => question.Contains($"{row}.{column}", StringComparison.Ordinal));
    }

    private async Task SelectAsync(string caller, TenantContext? who, TableRules rules, Shape shape)
    {
        var expected = shape.Seeded.Where(row => Noted(rules, "select", rules.Read.Allows(World.Facts, who, row))).Select(shape.Text).Order(StringComparer.Ordinal).ToList();
        List<string> found;
        try
        {
            await using var session = await database.OpenAsync(who);
            var rows = await session.ListAsync<dynamic>(new Sql($"SELECT * FROM [{rules.Table}]"));
            found = [.. rows.Select(row => shape.Text(new Row((IDictionary<string, object?>)row))).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is DbException or RowRefusedException)
        {
            violations.Add($"{caller}: select failed: {exception.Message}");
            return;
        }

        Tried++;
        if (!found.SequenceEqual(expected, StringComparer.Ordinal))
        {
            violations.Add($"{caller}: sees {found.Count} rows, should see {expected.Count}");
        }
    }

    private async Task InsertAsync(string caller, TenantContext? who, TableRules rules, Shape shape)
    {
        var deliveries = Shape.Of(database, "webhook_delivery");
        foreach (var (name, row) in World.Candidates(rules.Table))
        {
            var allowed = Noted(rules, "insert", rules.Insert.Allows(World.Facts, who, row));
            await DoAsync($"{caller}: insert of {name}", who, World.InsertText(rules.Table, row), row, shape, allowed, mustSay: !allowed, before =>
                [.. before, shape.Text(Completed(row, shape))], follows: shape.Table == "event" ? () => FanOutFaults(row, deliveries) : null);
        }
    }

    // The number of a tenant and the position of an event are the database's to give.
    private Row Completed(Row row, Shape shape) => shape.Table switch
    {
        "tenant" => row.With("tenant_id", database.Read("SELECT max(tenant_id) AS n FROM base_tenant")[0]["n"]),
        "event" => row.With("position", database.Read("SELECT max(position) AS n FROM base_event")[0]["n"]),
        _ => row,
    };

    /// <summary>An event makes a delivery a subscriber on either side, whoever's session writes it, and nothing else.</summary>
    private IEnumerable<string> FanOutFaults(Row happened, Shape deliveries)
    {
        var added = deliveries.Rows(database).Where(row => !deliveries.Seeded.Any(seeded => deliveries.Key(seeded) == deliveries.Key(row))).ToList();
        var expected = FanOut.Of(database, happened, (long)database.Read("SELECT max(position) AS n FROM base_event")[0]["n"]!).Select(FanOut.Text).Order(StringComparer.Ordinal);
        if (!added.Select(FanOut.Text).Order(StringComparer.Ordinal).SequenceEqual(expected, StringComparer.Ordinal))
        {
            yield return $"makes {added.Count} deliveries, and others than it should";
        }

        if (added.Exists(row => row["id"] is not byte[] { Length: 16 } id || !id.AsSpan(0, 8).SequenceEqual(((byte[])happened["id"]!).AsSpan(0, 8))))
        {
            yield return "gives a delivery an id that is not of the event's moment";
        }

        deliveries.Restore(database);
    }

    private async Task UpdateAsync(string caller, TenantContext? who, TableRules rules, Shape shape, Row row)
    {
        var allowed = Noted(rules, "update", rules.Read.Allows(World.Facts, who, row) && rules.Update.Allows(World.Facts, who, row));
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
        var allowed = Noted(rules, "delete", visible && rules.Delete.Allows(World.Facts, who, row));
        await DoAsync($"{caller}: delete of {shape.Key(row)}", who, $"DELETE FROM [{rules.Table}] WHERE {shape.KeyMatch}", row, shape, allowed, mustSay: visible && !allowed,
            before => [.. before.Where(text => text != shape.Text(row))]);
    }

    /// <summary>The same without a WHERE: only the caller's own rows may move, and none when one of them may not.</summary>
    private async Task BulkAsync(string caller, TenantContext? who, TableRules rules, Shape shape)
    {
        var rows = shape.Seeded;
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
        string deed, TenantContext? who, string text, Row values, Shape shape, bool allowed, bool mustSay, Func<IReadOnlyList<string>, List<string>> after,
        Func<IEnumerable<string>>? follows = null)
    {
        Tried++;
        standing ??= Digest();
        var moment = Version();
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

        Refused += refusal is null ? 0 : 1;

        // Refused for another reason than isolation (a missing trigger, a foreign key) would be luck.
        if (mustSay && refusal?.Contains("isolation:", StringComparison.Ordinal) != true)
        {
            violations.Add($"{deed}: was not refused as foreign: {refusal ?? "no error"}");
        }

        // SQLite tells whether another connection has committed a change: only then is there something to compare.
        if (Version() == moment)
        {
            if (allowed)
            {
                violations.Add($"{deed}: did not do what it may: {refusal ?? "no error"}");
            }

            return;
        }

        if (allowed && follows is not null)
        {
            violations.AddRange(follows().Select(fault => $"{deed}: {fault}"));
        }

        Compare(deed, shape, allowed, standing, refusal, after([.. shape.Seeded.Select(shape.Text)]));
        shape.Restore(database);
    }

    private void Compare(string deed, Shape shape, bool allowed, Dictionary<string, string> before, string? refusal, List<string> expected)
    {
        if (allowed && !shape.Rows(database).Select(shape.Text).Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            violations.Add($"{deed}: did not do what it may: {refusal ?? "no error"}");
        }

        foreach (var (table, digest) in Digest().Where(d => d.Value != before[d.Key] && (!allowed || d.Key != "base_" + shape.Table)))
        {
            violations.Add($"{deed}: changed {table}, now {digest.Length} long");
            standing = null;
        }
    }

    /// <summary>Each deed that a view refuses to all works on its base table: it is the view that refuses, not a mistake of the test.</summary>
    private void ProveThatTheDeedsWorkOnTheBaseTable(Shape shape, TableRules rules)
    {
        if (shape.Seeded is not [var row, ..])
        {
            violations.Add($"{rules.Table}: the world has no row of it");
            return;
        }

        var (set, values) = shape.Touch(rules);
        foreach (var (_, candidate) in World.Candidates(rules.Table))
        {
            Prove("insert", World.InsertText("base_" + rules.Table, candidate), candidate);
            shape.Restore(database);
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

    private long Version()
    {
        version ??= database.Prepare("PRAGMA data_version");
        return (long)version.ExecuteScalar()!;
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

    [GeneratedRegex(@"SELECT RAISE\(ABORT, 'isolation: [^']* refused'\) WHERE (?<question>.*?) IS NOT TRUE;", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Question();
}
