using Agency.Db;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Agency.Tests.Data;

/// <summary>The SQL Server migrations as text and as a syntax tree: no server is needed to read what they say.</summary>
internal static class SqlServerText
{
    public static string Migrations { get; } = string.Join("\nGO\n", Migration.All("sqlserver").Select(m => m.Text));

    /// <summary>The schema that the migrations make: what later ones change stands where it was made.</summary>
    /// <param name="keepsColumns">A column that is dropped stays.</param>
    public static TSqlScript Parse(string text, bool keepsColumns = false) =>
        Read(text, out var errors) is var script && errors.Count == 0
            ? SqlServerHistory.Settle(script, keepsColumns)
            : throw new InvalidOperationException($"Not T-SQL of 2019: {errors[0].Message} at line {errors[0].Line} of\n{text}");

    public static TSqlScript Read(string text, out IList<ParseError> errors)
    {
        using var reader = new StringReader(text);
        return (TSqlScript)new TSql150Parser(initialQuotedIdentifiers: true).Parse(reader, out errors);
    }

    public static IReadOnlyList<T> Find<T>(TSqlFragment fragment)
        where T : TSqlFragment
    {
        var visitor = new Finder<T>();
        fragment.Accept(visitor);
        return visitor.Found;
    }

    /// <summary>The fragment's own words.</summary>
    public static string Words(TSqlFragment fragment) =>
        string.Concat(fragment.ScriptTokenStream.Skip(fragment.FirstTokenIndex).Take(fragment.LastTokenIndex - fragment.FirstTokenIndex + 1).Select(token => token.Text));

    /// <summary>The statement written out again, for one that later migrations have changed.</summary>
    public static string Written(TSqlFragment fragment)
    {
        new Sql150ScriptGenerator().GenerateScript(fragment, out var text);
        return text;
    }

    /// <summary>The schema and name of an object; dbo is what the migrations leave out.</summary>
    public static (string Schema, string Name) NameOf(SchemaObjectName name) => (name.SchemaIdentifier?.Value ?? "dbo", name.BaseIdentifier.Value);

    private sealed class Finder<T> : TSqlFragmentVisitor
        where T : TSqlFragment
    {
        public List<T> Found { get; } = [];

        public override void Visit(TSqlFragment node)
        {
            if (node is T found)
            {
                Found.Add(found);
            }
        }
    }
}
