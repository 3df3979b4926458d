using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Http;

/// <summary>A query parameter that a route does not know is a mistake to tell, not to ignore: a misspelt filter would return everything.</summary>
internal static class QueryCheck
{
    private static readonly ConcurrentDictionary<MethodInfo, HashSet<string>> Known = new();

    public static void RefuseUnknown(HttpContext http)
    {
        if (http.Request.Query.Count == 0 || http.GetEndpoint()?.Metadata.GetMetadata<MethodInfo>() is not { } handler)
        {
            return;
        }

        var known = Known.GetOrAdd(handler, NamesOf);
        var unknown = http.Request.Query.Keys.Where(key => !known.Contains(key)).Select(key => new FieldError($"?{key}", "unknown", "This parameter is not known here.")).ToArray();
        if (unknown.Length > 0)
        {
            throw HttpProblems.UnknownParameter.Refuse(unknown);
        }
    }

    private static HashSet<string> NamesOf(MethodInfo handler) => handler.GetParameters()
        .SelectMany(parameter => parameter.GetCustomAttribute<AsParametersAttribute>() is null
            ? [parameter.GetCustomAttribute<FromQueryAttribute>() is { } query ? query.Name ?? parameter.Name : null]
            : parameter.ParameterType.GetProperties().Select(property => property.GetCustomAttribute<FromQueryAttribute>()?.Name))
        .OfType<string>()
        .ToHashSet(StringComparer.Ordinal);
}
