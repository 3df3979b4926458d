using System.Reflection;
using System.Text.RegularExpressions;
using Agency.Portal;
using Agency.Portal.Http;
using Agency.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Agency.Tests.Portal;

/// <summary>What the portal can do, any client can: it has nothing but the SDK.</summary>
public sealed partial class Wholesome
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

    [Fact]
    public void Every_field_is_called_as_what_a_refusal_of_its_form_links_to()
    {
        var fields = 0;
        foreach (var file in Directory.GetFiles(Path.Combine(Repository.Root, "portal", "Pages"), "*.cshtml", SearchOption.AllDirectories))
        {
            foreach (Match form in Form().Matches(File.ReadAllText(file)))
            {
                var ids = Field().Matches(form.Value).Select(field => field.Groups["id"].Value).ToList();
                Assert.Empty(ids.Where(id => !id.StartsWith(form.Groups["id"].Value + '-', StringComparison.Ordinal)).Select(id => $"{Path.GetFileName(file)}: {id}"));
                fields += ids.Count;
            }
        }

        Assert.InRange(fields, 50, 500);
    }

    [Theory]
    [InlineData("/worklist", "?cursor=abc&reason=balance&team=1", "/worklist?reason=balance&team=1", "/worklist?reason=balance&team=1&cursor=x%2By")]
    [InlineData("/teams", "?handler=Create", "/teams", "/teams?cursor=x%2By")]
    public void Pages_of_a_list_keep_what_was_chosen(string path, string query, string first, string following)
    {
        var request = new DefaultHttpContext { Request = { Path = path, QueryString = new QueryString(query) } }.Request;
        Assert.Equal((first, following), (PageLinks.ToFirst(request), PageLinks.To(request, "x+y")));
    }

    [GeneratedRegex("<form method=\"post\"[^>]* id=\"(?<id>[a-z-]+)\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<(input|select|textarea)[^>]*? id=\"(?<id>[^\"]+)\"")]
    private static partial Regex Field();

    private static IEnumerable<string> Names(Assembly assembly) => assembly.GetReferencedAssemblies().Select(name => name.Name!);

    private static void Reach(Assembly assembly, HashSet<string> reached)
    {
        foreach (var name in Names(assembly).Where(reached.Add).Where(name => !name.StartsWith("System.", StringComparison.Ordinal)))
        {
            Reach(Assembly.Load(name), reached);
        }
    }
}
