using Agency.Tests.Data;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Isolation;

/// <summary>
/// Reads from the SQL Server migrations which predicate guards what, and compares it with the rules. Returns what is wrong,
/// so that a planted fault can be shown to be noticed.
/// </summary>
internal static class SqlServerPolicies
{
    private static readonly string[] TenantColumns = ["tenant_id", "bank_id", "agency_id"];

    public static IReadOnlyList<string> FindViolations(string migrations)
    {
        var script = SqlServerText.Parse(migrations);
        var violations = new List<string>();
        var guards = Guards(script, violations);
        var functions = SqlServerText.Find<CreateFunctionStatement>(script).Select(f => "rls." + SqlServerText.NameOf(f.Name).Name).ToHashSet(StringComparer.Ordinal);
        violations.AddRange(guards.Where(g => !functions.Contains(g.Call[..g.Call.IndexOf('(', StringComparison.Ordinal)])).Select(g => $"{g.Table}: {g.Operation} is guarded by {g.Call}, which is not there"));
        foreach (var (table, columns) in TablesOf(script))
        {
            if (!columns.Exists(TenantColumns.Contains))
            {
                violations.Add($"{table} carries no tenant");
                continue;
            }

            if (Tables.Find(table) is not { } rules)
            {
                violations.Add($"{table} has no line in the table of rules");
                continue;
            }

            foreach (var (operation, rule) in Expected(rules))
            {
                var expected = $"rls.{rule.Function}({string.Join(", ", rule.Columns)})";
                var found = guards.Where(g => g.Table == table && g.Operation == operation).Select(g => g.Call).ToList();
                if (found is not [var only] || only != expected)
                {
                    violations.Add($"{table}: {operation} is guarded by {(found.Count == 0 ? "nothing" : string.Join(" and ", found))}, should be by {expected}");
                }
            }
        }

        violations.AddRange(Tables.All.Where(rules => !TablesOf(script).Any(t => t.Name == rules.Table)).Select(rules => $"{rules.Table} is in the table of rules alone"));
        return violations;
    }

    /// <summary>The tables of the business and their columns.</summary>
    public static IReadOnlyList<(string Name, List<string> Columns)> TablesOf(TSqlScript script) =>
    [
        .. SqlServerText.Find<CreateTableStatement>(script)
            .Where(t => SqlServerText.NameOf(t.SchemaObjectName).Schema == "dbo")
            .Select(t => (SqlServerText.NameOf(t.SchemaObjectName).Name, t.Definition.ColumnDefinitions.Select(c => c.ColumnIdentifier.Value).ToList())),
    ];

    private static (string Operation, Rule Rule)[] Expected(TableRules rules) =>
    [
        ("FILTER", rules.Read), ("AFTER INSERT", rules.Insert), ("AFTER UPDATE", rules.Update), ("BEFORE UPDATE", rules.Update), ("BEFORE DELETE", rules.Delete),
    ];

    private static List<(string Table, string Operation, string Call)> Guards(TSqlScript script, List<string> violations)
    {
        var guards = new List<(string Table, string Operation, string Call)>();
        foreach (var policy in SqlServerText.Find<SecurityPolicyStatement>(script))
        {
            foreach (var option in Enum.GetValues<SecurityPolicyOptionKind>())
            {
                var value = policy.SecurityPolicyOptions.FirstOrDefault(o => o.OptionKind == option)?.OptionState;
                if (value == OptionState.Off || (value is null && policy is CreateSecurityPolicyStatement))
                {
                    violations.Add($"{SqlServerText.NameOf(policy.Name).Name}: {option} is not ON");
                }
            }

            foreach (var action in policy.SecurityPredicateActions)
            {
                var (schema, table) = SqlServerText.NameOf(action.TargetObjectName);
                var operation = action.SecurityPredicateType == SecurityPredicateType.Filter ? "FILTER" : action.SecurityPredicateOperation switch
                {
                    SecurityPredicateOperation.AfterInsert => "AFTER INSERT",
                    SecurityPredicateOperation.AfterUpdate => "AFTER UPDATE",
                    SecurityPredicateOperation.BeforeUpdate => "BEFORE UPDATE",
                    SecurityPredicateOperation.BeforeDelete => "BEFORE DELETE",
                    _ => "every write",
                };
                guards.RemoveAll(g => action.ActionType != SecurityPredicateActionType.Create && g.Table == table && g.Operation == operation);
                if (action.ActionType != SecurityPredicateActionType.Drop)
                {
                    guards.Add((schema == "dbo" ? table : $"{schema}.{table}", operation, SqlServerText.Words(action.FunctionCall)));
                }
            }
        }

        violations.AddRange(SqlServerText.Find<DropSecurityPolicyStatement>(script).Select(_ => "a policy is dropped"));
        return guards;
    }
}
