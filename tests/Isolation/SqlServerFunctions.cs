using System.Text.RegularExpressions;
using Agency.Api.Data;
using Agency.Tests.Data;
using Microsoft.Data.Sqlite;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Isolation;

/// <summary>
/// The predicate functions of the SQL Server migrations, put to the test: their bodies are plain enough to run on SQLite, so each
/// is asked about every row for every caller and compared with the rule it stands for. Twice: over the base tables, and over the
/// views. On the server a function sees the tables it reads through their own filters, and must decide the same with them as without.
/// Each caller asks as the service and as the user that the trigger of the events runs as.
/// </summary>
internal sealed partial class SqlServerFunctions(ScratchDatabase database)
{
    private TenantContext? caller;

    /// <summary>How many decisions were compared.</summary>
    public int Asked { get; private set; }

    /// <param name="migrations">The text of the migrations.</param>
    /// <param name="only">A function to look at alone.</param>
    public IReadOnlyList<string> FindViolations(string migrations, string? only = null)
    {
        database.Plain.CreateFunction("session_tenant", () => (long?)caller?.Tenant);
        database.Plain.CreateFunction("session_kind", () => caller?.KindName);
        database.Plain.CreateFunction("session_person", () => caller?.Person?.ToBytes());
        database.Plain.CreateFunction("session_sight", () => caller?.SightName);
        var violations = new List<string>();
        var functions = SqlServerText.Find<CreateFunctionStatement>(SqlServerText.Parse(migrations))
            .Where(f => SqlServerText.NameOf(f.Name).Schema == "rls").ToDictionary(f => SqlServerText.NameOf(f.Name).Name, StringComparer.Ordinal);
        var uses = Tables.All.SelectMany(Uses).ToLookup(use => use.Rule.Function);
        violations.AddRange(uses.Where(use => !functions.ContainsKey(use.Key)).Select(use => $"there is no function rls.{use.Key}"));
        foreach (var (name, function) in functions.Where(f => only is null || f.Key == only))
        {
            if (!function.Options.Any(o => o.OptionKind == FunctionOptionKind.SchemaBinding))
            {
                violations.Add($"rls.{name} is not bound to the schema");
            }

            if (!uses.Contains(name))
            {
                violations.Add($"rls.{name} guards nothing that the table of rules knows");
                continue;
            }

            var questions = uses[name].SelectMany(use => Questions(use.Table, use.Rule, use.IsOfNewRows))
                .DistinctBy(question => string.Join('|', question.Select(Rule.Text))).ToList();
            violations.AddRange(Compare(uses[name].First().Rule, function, questions));
        }

        return violations;
    }

    // What is updated or deleted is there; what is inserted was not a moment ago.
    private static IEnumerable<(string Table, Rule Rule, bool IsOfNewRows)> Uses(TableRules t) =>
        [(t.Table, t.Read, false), (t.Table, t.Insert, true), (t.Table, t.Update, false), (t.Table, t.Delete, false)];

    /// <summary>What a function is asked: about every row there is or could be, and the same with tenants that are not the row's.</summary>
    private IEnumerable<object?[]> Questions(string table, Rule rule, bool areNew)
    {
        var rows = Shape.Of(database, table).Seeded.Concat(areNew ? World.Candidates(table).Select(candidate => candidate.Row) : []);

        // The number of a tenant is the database's to give, before anything is asked.
        rows = table == "tenant" ? rows.Select(row => row.With("tenant_id", row.GetValueOrDefault("tenant_id") ?? 99)) : rows;
        foreach (var arguments in rows.Select(row => rule.Columns.Select(column => row.GetValueOrDefault(column)).ToArray()))
        {
            yield return arguments;
            foreach (var one in WithOthers(rule, arguments))
            {
                yield return one;
                foreach (var two in WithOthers(rule, one))
                {
                    yield return two;
                }
            }
        }
    }

    private static IEnumerable<object?[]> WithOthers(Rule rule, object?[] arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            object?[] others = rule.Columns[i] switch
            {
                "bank_id" => [World.Harbour, World.Summit],
                "agency_id" => [World.Swift, World.Beacon, World.Lantern, null],
                "tenant_id" => [World.Operator, World.Swift],
                "shared_with" => [World.Harbour, World.Swift, World.Beacon, null],
                _ => [],
            };
            foreach (var other in others)
            {
                yield return [.. arguments[..i], other, .. arguments[(i + 1)..]];
            }
        }
    }

    private IEnumerable<string> Compare(Rule rule, CreateFunctionStatement function, List<object?[]> questions)
    {
        var body = Context().Replace(SqlServerText.Words(((SelectFunctionReturnType)function.ReturnType).SelectStatement), "@session_${key}").Replace("USER_NAME()", "@session_user", StringComparison.Ordinal);
        var parameters = function.Parameters.Select(p => p.VariableName.Value).ToList();
        using var bare = Prepared(Literal().Replace(Table().Replace(body, "base_${table}"), "'"), parameters);
        using var nested = Prepared(Literal().Replace(Table().Replace(body, "[${table}]"), "'"), parameters);
        foreach (var (name, who, user) in World.Callers.SelectMany(c => new[] { (c.Name, c.Context, "agency_app"), ($"{c.Name}, in the trigger", c.Context, SqlServerTriggers.User) }))
        {
            caller = who;
            foreach (var question in questions)
            {
                Asked++;
                var expected = rule.Decide(World.Facts with { ByFanOut = user == SqlServerTriggers.User }, who, question);
                if (Ask(bare, parameters, question, user) != expected)
                {
                    yield return $"rls.{rule.Function} decides otherwise than the rule for {name} on {string.Join(", ", question.Select(Rule.Text))}";
                    break;
                }

                if (Ask(nested, parameters, question, user) != expected)
                {
                    yield return $"rls.{rule.Function} decides otherwise under the filters of the tables it reads for {name} on {string.Join(", ", question.Select(Rule.Text))}";
                    break;
                }
            }
        }
    }

    private SqliteCommand Prepared(string text, List<string> parameters)
    {
        var command = database.Plain.CreateCommand();
        command.CommandText = text;
        foreach (var name in parameters.Concat(["@session_tenant_id", "@session_tenant_kind", "@session_person_id", "@session_sight", "@session_user"]))
        {
            command.Parameters.Add(new SqliteParameter(name, null));
        }

        return command;
    }

    private bool Ask(SqliteCommand command, List<string> parameters, object?[] question, string user)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            command.Parameters[i].Value = question[i] ?? DBNull.Value;
        }

        object?[] session = [caller?.Tenant, caller?.KindName, caller?.Person?.ToBytes(), caller?.SightName, user];
        for (var i = 0; i < session.Length; i++)
        {
            command.Parameters[parameters.Count + i].Value = session[i] ?? DBNull.Value;
        }

        return command.ExecuteScalar() is not null;
    }

    // Each value with the type it has in the session: another one is left as it is, and SQLite does not know it.
    [GeneratedRegex(@"CAST\(SESSION_CONTEXT\(N'((?<key>tenant_id)'\) AS int|(?<key>tenant_kind)'\) AS varchar\(20\)|(?<key>sight)'\) AS varchar\(10\)|(?<key>person_id)'\) AS binary\(16\))\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Context();

    [GeneratedRegex(@"dbo\.\[?(?<table>\w+)\]?")]
    private static partial Regex Table();

    [GeneratedRegex(@"\bN'")]
    private static partial Regex Literal();
}
