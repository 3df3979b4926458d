using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Data;

/// <summary>
/// What the migrations leave behind: later ones change tables and policies that earlier ones made, and everything that reads
/// the schema wants it as it is in the end. Takes the few forms of change that migrations use; another one is refused.
/// </summary>
internal static class SqlServerHistory
{
    /// <summary>Carries every change back into the statement that made the thing, and takes it out of the script.</summary>
    /// <param name="keepsColumns">A column that is dropped stays: for the statements that read it before.</param>
    public static TSqlScript Settle(TSqlScript script, bool keepsColumns = false)
    {
        var tables = new Dictionary<string, CreateTableStatement>(StringComparer.Ordinal);
        var policies = new Dictionary<string, CreateSecurityPolicyStatement>(StringComparer.Ordinal);
        var functions = new Dictionary<string, (TSqlBatch Batch, CreateFunctionStatement Statement)>(StringComparer.Ordinal);
        var indexes = new Dictionary<string, (TSqlBatch Batch, CreateIndexStatement Statement)>(StringComparer.Ordinal);
        var grants = new List<GrantStatement>();
        foreach (var batch in script.Batches)
        {
            foreach (var statement in batch.Statements.ToList())
            {
                switch (statement)
                {
                    case CreateTableStatement table:
                        tables[Key(table.SchemaObjectName)] = table;
                        continue;
                    case CreateSecurityPolicyStatement policy:
                        policies[Key(policy.Name)] = policy;
                        continue;
                    case CreateFunctionStatement function:
                        functions[Key(function.Name)] = (batch, function);
                        continue;
                    case CreateIndexStatement index:
                        indexes[$"{Key(index.OnName)} {index.Name.Value}"] = (batch, index);
                        continue;
                    case GrantStatement grant:
                        grants.Add(grant);
                        continue;
                    case AlterTableAddTableElementStatement added:
                        Add(tables[Key(added.SchemaObjectName)].Definition, added.Definition);
                        break;
                    case AlterTableAlterColumnStatement altered:
                        Retype(tables[Key(altered.SchemaObjectName)].Definition, altered);
                        break;
                    case AlterTableDropTableElementStatement dropped:
                        Drop(tables[Key(dropped.SchemaObjectName)].Definition, dropped, keepsColumns);
                        Forget(grants, dropped);
                        break;
                    case DropIndexStatement dropped:
                        foreach (var index in dropped.DropIndexClauses.OfType<DropIndexClause>())
                        {
                            var gone = indexes[$"{Key(index.Object)} {index.Index.Value}"];
                            gone.Batch.Statements.Remove(gone.Statement);
                        }

                        break;
                    case AlterSecurityPolicyStatement changed:
                        Change(policies[Key(changed.Name)], changed);
                        break;
                    case DropFunctionStatement dropped:
                        foreach (var name in dropped.Objects)
                        {
                            var gone = functions[Key(name)];
                            gone.Batch.Statements.Remove(gone.Statement);
                        }

                        break;
                    case AlterTableStatement or DropTableStatement or AlterFunctionStatement:
                        throw new InvalidOperationException($"The readers of the schema do not know this form: {SqlServerText.Words(statement)}");
                    default:
                        continue;
                }

                batch.Statements.Remove(statement);
            }
        }

        return script;
    }

    private static void Add(TableDefinition table, TableDefinition added)
    {
        foreach (var column in added.ColumnDefinitions)
        {
            table.ColumnDefinitions.Add(column);
        }

        foreach (var constraint in added.TableConstraints)
        {
            table.TableConstraints.Add(constraint);
        }
    }

    // Another type or collation; a column that may be empty stays one, and the other way round.
    private static void Retype(TableDefinition table, AlterTableAlterColumnStatement altered)
    {
        var column = table.ColumnDefinitions.Single(c => c.ColumnIdentifier.Value == altered.ColumnIdentifier.Value);
        var isNullable = column.Constraints.OfType<NullableConstraintDefinition>().Single().Nullable;
        if (altered.AlterTableAlterColumnOption != (isNullable ? AlterTableAlterColumnOption.Null : AlterTableAlterColumnOption.NotNull))
        {
            throw new InvalidOperationException($"The readers of the schema do not know this form: {SqlServerText.Words(altered)}");
        }

        column.DataType = altered.DataType;
        column.Collation = altered.Collation;
    }

    private static void Drop(TableDefinition table, AlterTableDropTableElementStatement dropped, bool keepsColumns)
    {
        foreach (var element in dropped.AlterTableDropTableElements)
        {
            if (element.TableElementType == TableElementType.Column)
            {
                var column = table.ColumnDefinitions.Single(c => c.ColumnIdentifier.Value == element.Name.Value);
                _ = !keepsColumns && table.ColumnDefinitions.Remove(column);
            }
            else if (table.ColumnDefinitions.SingleOrDefault(c => c.DefaultConstraint?.ConstraintIdentifier?.Value == element.Name.Value) is { } filled)
            {
                filled.DefaultConstraint = null;
            }
            else
            {
                table.TableConstraints.Remove(table.TableConstraints.Single(c => c.ConstraintIdentifier?.Value == element.Name.Value));
            }
        }
    }

    // What was granted on a column goes with it.
    private static void Forget(List<GrantStatement> grants, AlterTableDropTableElementStatement dropped)
    {
        var columns = dropped.AlterTableDropTableElements.Where(e => e.TableElementType == TableElementType.Column).Select(e => e.Name.Value).ToList();
        foreach (var target in grants.Select(g => g.SecurityTargetObject).Where(t => t?.ObjectName.MultiPartIdentifier.Identifiers[^1].Value == dropped.SchemaObjectName.BaseIdentifier.Value))
        {
            foreach (var column in target.Columns.Where(c => columns.Contains(c.Value, StringComparer.Ordinal)).ToList())
            {
                target.Columns.Remove(column);
            }
        }
    }

    private static void Change(CreateSecurityPolicyStatement policy, AlterSecurityPolicyStatement changed)
    {
        foreach (var option in changed.SecurityPolicyOptions)
        {
            policy.SecurityPolicyOptions.Single(o => o.OptionKind == option.OptionKind).OptionState = option.OptionState;
        }

        foreach (var action in changed.SecurityPredicateActions)
        {
            var standing = policy.SecurityPredicateActions.FirstOrDefault(a =>
                a.SecurityPredicateType == action.SecurityPredicateType && a.SecurityPredicateOperation == action.SecurityPredicateOperation
                && Key(a.TargetObjectName) == Key(action.TargetObjectName));
            switch (action.ActionType)
            {
                case SecurityPredicateActionType.Create:
                    policy.SecurityPredicateActions.Add(action);
                    break;
                case SecurityPredicateActionType.Drop when standing is not null:
                    policy.SecurityPredicateActions.Remove(standing);
                    break;

                // What is not there can't be altered: the table stays without, and the check of the policies says so.
                case SecurityPredicateActionType.Alter when standing is not null:
                    standing.FunctionCall = action.FunctionCall;
                    break;
            }
        }
    }

    private static string Key(SchemaObjectName name) => $"{SqlServerText.NameOf(name)}";
}
