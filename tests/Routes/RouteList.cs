using System.Text.RegularExpressions;
using Agency.Tests.Support;

namespace Agency.Tests.Routes;

/// <summary>An operation of the contract.</summary>
internal sealed record Route(string Operation, string Method, string Path)
{
    /// <summary>Whether the path names a row.</summary>
    public bool IsById => Path.Contains("{id}", StringComparison.Ordinal);
}

/// <summary>The routes there are, read from the committed contract.</summary>
internal static partial class RouteList
{
    public static IReadOnlyList<Route> All { get; } = [.. Read()];

    private static IEnumerable<Route> Read()
    {
        var (path, method) = ("", "");
        foreach (var line in Repository.Read("openapi.yaml").Split('\n'))
        {
            if (Path().Match(line) is { Success: true } p)
            {
                path = p.Groups[1].Value;
            }
            else if (Method().Match(line) is { Success: true } m)
            {
                method = m.Groups[1].Value.ToUpperInvariant();
            }
            else if (Operation().Match(line) is { Success: true } o)
            {
                yield return new Route(o.Groups[1].Value, method, path);
            }
        }
    }

    [GeneratedRegex("^  '?(/[^':]*)'?:$")]
    private static partial Regex Path();

    [GeneratedRegex("^    (get|post|put|patch|delete):$")]
    private static partial Regex Method();

    [GeneratedRegex("^      operationId: (\\w+)$")]
    private static partial Regex Operation();
}
