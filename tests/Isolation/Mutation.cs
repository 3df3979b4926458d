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

    /// <summary>Each view without its filter, each trigger gone, each refusal inside a trigger gone.</summary>
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
            mutations.AddRange(Refusal().Matches(text).Select((refusal, index) => new Mutation(
                $"trigger {name} without refusal {index + 1}", table, $"DROP TRIGGER {name};\n{text.Remove(refusal.Index, refusal.Length).Insert(refusal.Index, "SELECT 1;")};")));
        }

        return mutations;
    }

    /// <summary>Each predicate left out of its policy.</summary>
    public static IReadOnlyList<Mutation> OfSqlServer(string migrations) =>
    [
        .. Predicate().Matches(migrations).Select(predicate => new Mutation(
            $"without {predicate.Value.Trim().TrimEnd(',')}", predicate.Groups["table"].Value, Without(migrations, predicate))),
    ];

    // Dropping a view drops its triggers: they are made again, so that the filter alone is missing.
    private static string Remade(ScratchDatabase database, string view, string text) => string.Join(";\n",
        [$"DROP VIEW [{view}]", text, .. database.ReadNames($"SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = '{view}'")]) + ";";

    // The first or last predicate of a list takes its comma with it, so that what is left still parses.
    private static string Without(string migrations, Match predicate)
    {
        var text = migrations.Remove(predicate.Index, predicate.Length);
        var before = text[..predicate.Index];
        return predicate.Value.TrimEnd().EndsWith(',') ? text : before.TrimEnd().TrimEnd(',') + "\n" + text[predicate.Index..];
    }

    [GeneratedRegex(@"SELECT RAISE\(ABORT, 'isolation:[^;]*;")]
    private static partial Regex Refusal();

    [GeneratedRegex(@"^\s+ADD (FILTER|BLOCK) PREDICATE [^\r\n]*? ON dbo\.\[?(?<table>\w+)\]?[^\r\n]*\r?\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Predicate();
}
