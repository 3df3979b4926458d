using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Agency.Tests.Data;

/// <summary>The door takes statements that stand in a field, and no string: the compiler says so.</summary>
public sealed class RawStringTests
{
    private static readonly List<PortableExecutableReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    [Theory]
    [InlineData("db.ListAsync<int>(Fixed)")]
    [InlineData("db.FindAsync<int>(Fixed, new { name })")]
    [InlineData("db.ExecuteAsync(Fixed)")]
    public void A_statement_that_stands_in_a_field_compiles(string call) => Assert.Empty(ErrorsOf(call));

    [Theory]
    [InlineData("db.ListAsync<int>(\"SELECT id FROM account\")")]
    [InlineData("db.ListAsync<int>($\"SELECT id FROM account WHERE name = '{name}'\")")]
    [InlineData("db.FindAsync<int>(\"SELECT id FROM account WHERE name = '\" + name + \"'\")")]
    [InlineData("db.ExecuteAsync(name)")]
    [InlineData("db.ListAsync<int, int, int>(name, \"id\", (a, b) => a)")]
    public void A_string_does_not_compile(string call) => Assert.Contains("CS1503", ErrorsOf(call));

    private static List<string> ErrorsOf(string call)
    {
        var source = $$"""
            using Agency.Api.Data;
            using System.Threading.Tasks;
            public static class Planted
            {
                private static readonly Sql Fixed = new("SELECT id FROM account");
                public static Task Run(Session db, string name) => {{call}};
            }
            """;
        return
        [
            .. CSharpCompilation.Create("planted", [CSharpSyntaxTree.ParseText(source)], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
                .GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.Id),
        ];
    }
}
