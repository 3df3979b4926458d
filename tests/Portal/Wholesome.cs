using System.Reflection;
using Agency.Portal;

namespace Agency.Tests.Portal;

/// <summary>What the portal can do, any client can: it has nothing but the SDK.</summary>
public sealed class Wholesome
{
    private static readonly Assembly Assembly = typeof(PortalApp).Assembly;

    [Fact]
    public void The_portal_knows_the_SDK_and_nothing_else_of_ours() =>
        Assert.Equal(["Agency.Sdk"], Names(Assembly).Where(name => name.StartsWith("Agency.", StringComparison.Ordinal)));

    [Fact]
    public void The_portal_reaches_no_database()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        Reach(Assembly, reached);
        Assert.DoesNotContain(reached, name => name is "Dapper" or "System.Data.SqlClient"
            || name.StartsWith("Microsoft.Data.", StringComparison.Ordinal)
            || name.StartsWith("SQLitePCLRaw", StringComparison.Ordinal)
            || name.StartsWith("Microsoft.EntityFrameworkCore", StringComparison.Ordinal));
    }

    private static IEnumerable<string> Names(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!);

    private static void Reach(Assembly assembly, HashSet<string> reached)
    {
        foreach (var name in Names(assembly).Where(reached.Add).Where(name => !name.StartsWith("System.", StringComparison.Ordinal)))
        {
            Reach(Assembly.Load(name), reached);
        }
    }
}
