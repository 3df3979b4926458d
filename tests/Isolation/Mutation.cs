using System.Text.RegularExpressions;
using Agency.Tests.Data;

namespace Agency.Tests.Isolation;

/// <summary>One protection taken away, to see whether the checks notice.</summary>
/// <param name="Table">The table that loses it.</param>
/// <param name="Text">What is run (SQLite) or what the migrations would read like (SQL Server).</param>
internal sealed partial record Mutation(string Name, string Table, string Text)
{
    /// <summary>A whole filter or trigger, rather than one line of it.</summary>
    public bool IsWhole => !Name.Contains("refusal", StringComparison.Ordinal);

    public override string ToString() => Name;

    /// <summary>Each view without its filter, each trigger gone, each refusal inside a trigger gone, and what an event sets off.</summary>
    public static IReadOnlyList<Mutation> OfSqlite(ScratchDatabase database)
    {
        var mutations = new List<Mutation>();
        foreach (var item in database.Read("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY name"))
        {
            var (name, table, text) = ((string)item["name"]!, (string)item["tbl_name"]!, (string)item["sql"]!);
            if ((string)item["type"]! == "view")
            {
                mutations.Add(new($"view {name} without its filter", table, Remade(database, name, text[..text.IndexOf("\nWHERE", StringComparison.Ordinal)])));
                continue;
            }

            mutations.Add(new($"trigger {name} dropped", table, $"DROP TRIGGER {name};"));
            mutations.AddRange(FanOut().Matches(text).Select(insert => new Mutation($"trigger {name} without its deliveries", table, $"DROP TRIGGER {name};\n{text.Remove(insert.Index, insert.Length)};")));
            mutations.AddRange(Refusal().Matches(text).Select((refusal, index) => new Mutation(
                $"trigger {name} without refusal {index + 1}", table, $"DROP TRIGGER {name};\n{text.Remove(refusal.Index, refusal.Length).Insert(refusal.Index, "SELECT 1;")};")));
        }

        return mutations;
    }

    /// <summary>
    /// Each predicate left out of its policy, whether it was made with it or changed later; each policy that was switched off not
    /// switched on again; each function that guards something dropped.
    /// </summary>
    public static IReadOnlyList<Mutation> OfSqlServer(string migrations) =>
    [
        .. Predicate().Matches(migrations).Where(predicate => !IsChangedAgain(migrations, predicate)).Select(predicate => new Mutation(
            $"without {predicate.Value.Trim().TrimEnd(',', ';')}", predicate.Groups["table"].Value, Without(migrations, predicate))),
        .. SwitchedOn().Matches(migrations).Where(on => !IsSwitchedOnAgain(migrations, on)).Select(on => new Mutation($"without {on.Value.Trim()}", on.Groups["table"].Value, migrations.Remove(on.Index, on.Length))),
        .. Tables.All.SelectMany(t => new[] { t.Read, t.Insert, t.Update, t.Delete }).Select(rule => rule.Function).Distinct(StringComparer.Ordinal)
            .Select(function => new Mutation($"without the function {function}", "", $"{migrations}\nGO\nDROP FUNCTION rls.{function};\n")),
    ];

    /// <summary>How many policies were switched on to be switched off and on again later: that they were in between takes nothing away in the end.</summary>
    public static int CountSwitchedOnAgain(string migrations) => SwitchedOn().Matches(migrations).Count(on => IsSwitchedOnAgain(migrations, on));

    /// <summary>How many changes of predicates a later one undoes: they are in force no more, and leaving them out takes nothing away.</summary>
    public static int CountChangedAgain(string migrations) => Predicate().Matches(migrations).Count(predicate => IsChangedAgain(migrations, predicate));

    /// <summary>Each condition left out of a function, one at a time; the table is the function's name.</summary>
    public static IEnumerable<Mutation> OfFunctions(string migrations)
    {
        foreach (var function in Tables.All.SelectMany(t => new[] { t.Read, t.Insert, t.Update, t.Delete }).Select(rule => rule.Function).Distinct(StringComparer.Ordinal))
        {
            var start = migrations.IndexOf($"CREATE FUNCTION rls.{function}(", StringComparison.Ordinal);
            var end = migrations.IndexOf("\nGO\n", start, StringComparison.Ordinal);
            foreach (var condition in Condition().Matches(migrations[start..end]).Cast<Match>())
            {
                yield return new Mutation($"rls.{function} without {condition.Value.Trim()} at {condition.Index}", function, migrations.Remove(start + condition.Index, condition.Length));
            }
        }
    }

    private static bool IsChangedAgain(string migrations, Match predicate) =>
        predicate.Groups["deed"].Value == "ALTER" && Predicate().Matches(migrations[(predicate.Index + predicate.Length)..]).Any(later =>
            later.Groups["deed"].Value == "ALTER" && later.Groups["kind"].Value == predicate.Groups["kind"].Value && later.Groups["table"].Value == predicate.Groups["table"].Value
            && later.Groups["when"].Value == predicate.Groups["when"].Value);

    private static bool IsSwitchedOnAgain(string migrations, Match on) => migrations.IndexOf(on.Value, on.Index + on.Length, StringComparison.Ordinal) >= 0;

    // Dropping a view drops its triggers: they are made again, so that the filter alone is missing.
    private static string Remade(ScratchDatabase database, string view, string text) => string.Join(";\n",
        [$"DROP VIEW [{view}]", text, .. database.ReadNames($"SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{view}'")]) + ";";

    // The first or last predicate of a list takes its comma with it, so that what is left still parses; an only one takes all.
    private static string Without(string migrations, Match predicate)
    {
        var (before, after) = (migrations[..predicate.Index], migrations[(predicate.Index + predicate.Length)..]);
        return predicate.Value.TrimEnd() switch
        {
            [.., ','] => before + after,
            _ when Heading().Match(before) is { Success: true } heading => before[..heading.Index] + after,
            [.., ';'] => before.TrimEnd().TrimEnd(',') + ";\n" + after,
            _ => before.TrimEnd().TrimEnd(',') + "\n" + after,
        };
    }

    // The insert of a table that is not the trigger's own.
    [GeneratedRegex(@"INSERT INTO base_webhook_delivery [^;]*FROM base_webhook_subscription[^;]*;")]
    private static partial Regex FanOut();

    [GeneratedRegex(@"SELECT RAISE\(ABORT, 'isolation:[^;]*;")]
    private static partial Regex Refusal();

    // A comparison on a line of its own, a branch of an OR, and what stands before the question of a case.
    [GeneratedRegex(@"(?<=\n) +AND [^()\n]*(CAST\(SESSION_CONTEXT\([^)]*\) AS [a-z]+(\(\d+\))?\))?(?=\n)|(?<=\n) +AND \([^\n]*\)(?=\n)|k\.collector_id = CAST[^=]* OR |CAST\(SESSION_CONTEXT\(N'(sight|tenant_kind)'\) AS varchar\(\d+\)\) = '\w+' AND |USER_NAME\(\) = N'\w+' AND |(?<= )@agency_id = CAST\(SESSION_CONTEXT\(N'tenant_id'\) AS int\) AND ", RegexOptions.ExplicitCapture)]
    private static partial Regex Condition();

    [GeneratedRegex(@"ALTER SECURITY POLICY [\w.]+\s*\z")]
    private static partial Regex Heading();

    [GeneratedRegex(@"^ALTER SECURITY POLICY rls\.(?<table>\w+)_policy WITH \(STATE = ON\);\r?\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex SwitchedOn();

    [GeneratedRegex(@"^\s+(?<deed>ADD|ALTER) (?<kind>FILTER|BLOCK) PREDICATE [^\r\n]*? ON dbo\.\[?(?<table>\w+)\]?(?<when>[ A-Z]*)[^\r\n]*\r?\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Predicate();
}
