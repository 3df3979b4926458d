using System.Reflection;
using Agency.Api.Data;

namespace Agency.Tests.Data;

/// <summary>Every statement of the service: the static fields of type Sql, SidedSql (one or an array) and BulkInsert, wherever they stand.</summary>
internal static class Statements
{
    public static IReadOnlyList<(string Name, Sql Sql)> All { get; } = [.. Of(typeof(Database).Assembly)];

    /// <summary>The doors a statement may go through: identity tables have their own, and the operator reaches both.</summary>
    public static IReadOnlyList<Door> DoorsOf(Sql sql) =>
        sql.Sqlite.Contains("auth_", StringComparison.Ordinal) ? [Door.Identity, Door.Operator] : [Door.Application];

    /// <summary>Says it in the test's output and in a file beside the tests, which .ci/run shows.</summary>
    public static void Tell(string engine, string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, $"statements.{engine}.txt"), line + "\n");
    }

    private static IEnumerable<(string Name, Sql Sql)> Of(Assembly assembly)
    {
        const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        foreach (var field in assembly.GetTypes().Where(type => !type.ContainsGenericParameters).SelectMany(type => type.GetFields(Static)).OrderBy(f => f.DeclaringType!.FullName, StringComparer.Ordinal).ThenBy(f => f.Name, StringComparer.Ordinal))
        {
            var name = $"{field.DeclaringType!.FullName}.{field.Name}";
            switch (field.FieldType == typeof(Sql) || field.FieldType == typeof(SidedSql) || field.FieldType == typeof(SidedSql[]) || field.FieldType.IsSubclassOf(typeof(BulkInsert)) ? field.GetValue(null) : null)
            {
                case BulkInsert bulk:
                    yield return (name, bulk.Ordinary);
                    break;
                case Sql sql:
                    yield return (name, sql);
                    break;
                case SidedSql sided:
                    yield return (name + " (bank)", sided.Bank);
                    yield return (name + " (agency)", sided.Agency);
                    break;
                case SidedSql[] many:
                    foreach (var (index, one) in many.Index())
                    {
                        yield return ($"{name}[{index}] (bank)", one.Bank);
                        yield return ($"{name}[{index}] (agency)", one.Agency);
                    }

                    break;
            }
        }
    }
}
