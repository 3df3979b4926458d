using System.Text.RegularExpressions;
using Agency.Tests.Data;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Isolation;

/// <summary>
/// The predicate functions of the SQL Server migrations, put to the test: their bodies are plain enough to run on SQLite over
/// the base tables, so each is asked about every row for every caller and compared with the rule it stands for.
/// </summary>
internal static partial class SqlServerFunctions
{
    public static IReadOnlyList<string> FindViolations(string migrations, ScratchDatabase database)
    {
        var violations = new List<string>();
        var rules = Tables.All.SelectMany(t => new[] { t.Read, t.Insert, t.Update, t.Delete }.Select(rule => (t.Table, Rule: rule))).ToList();
        foreach (var function in SqlServerText.Find<CreateFunctionStatement>(SqlServerText.Parse(migrations)))
        {
            var (schema, name) = SqlServerText.NameOf(function.Name);
            if (schema != "rls")
            {
                continue;
            }

            if (!function.Options.Any(o => o.OptionKind == FunctionOptionKind.SchemaBinding))
            {
                violations.Add($"rls.{name} is not bound to the schema");
            }

            var uses = rules.Where(r => r.Rule.Function == name).DistinctBy(r => (r.Table, string.Join(',', r.Rule.Columns))).ToList();
            if (uses.Count == 0)
            {
                violations.Add($"rls.{name} guards nothing that the table of rules knows");
            }

            foreach (var (table, rule) in uses)
            {
                violations.AddRange(Compare(database, table, rule, function));
            }
        }

        return violations;
    }

    private static IEnumerable<string> Compare(ScratchDatabase database, string table, Rule rule, CreateFunctionStatement function)
    {
        var text = Translate(SqlServerText.Words(((SelectFunctionReturnType)function.ReturnType).SelectStatement));
        var parameters = function.Parameters.Select(p => p.VariableName.Value.TrimStart('@')).ToList();
        foreach (var (name, who) in World.Callers)
        {
            foreach (var row in database.Read($"SELECT * FROM base_{table}").Select(row => new Row(row)))
            {
                var values = Row.From(new { session_id = who?.Tenant, session_kind = who?.KindName });
                for (var i = 0; i < rule.Columns.Length; i++)
                {
                    values[parameters[i]] = row[rule.Columns[i]];
                }

                if ((database.Read(text, values).Count > 0) != rule.Allows(World.Facts, who, row))
                {
                    yield return $"rls.{rule.Function} decides otherwise than the rule for {name} on a row of {table}";
                    break;
                }
            }
        }
    }

    private static string Translate(string body)
    {
        var text = Context().Replace(body, "@session_${key}");
        return Literal().Replace(Table().Replace(text, "base_${table}"), "'");
    }

    [GeneratedRegex(@"CAST\(SESSION_CONTEXT\(N'tenant_(?<key>id|kind)'\) AS (int|varchar\(20\))\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Context();

    [GeneratedRegex(@"dbo\.\[?(?<table>\w+)\]?")]
    private static partial Regex Table();

    [GeneratedRegex(@"\bN'")]
    private static partial Regex Literal();
}
