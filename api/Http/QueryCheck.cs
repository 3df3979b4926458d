using System.Collections.Concurrent;
using System.Reflection;
using Agency.Api.Data;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Http;

/// <summary>
/// A query parameter that a route does not know, or a filter that is no id, is a mistake to tell, not to ignore: a misspelt
/// filter would return everything, a mangled one nothing.
/// </summary>
internal static class QueryCheck
{
    private static readonly ConcurrentDictionary<MethodInfo, Dictionary<string, Type>> Known = new();

    public static void Check(HttpContext http)
    {
        if (http.Request.Query.Count == 0 || http.GetEndpoint()?.Metadata.GetMetadata<MethodInfo>() is not { } handler)
        {
            return;
        }

        var known = Known.GetOrAdd(handler, ParametersOf);
        RefuseIf(HttpProblems.UnknownParameter, http.Request.Query.Keys.Where(key => !known.ContainsKey(key)), "unknown", "This parameter is not known here.");
        RefuseIf(HttpProblems.Malformed, http.Request.Query.Where(q => known[q.Key] == typeof(Id) && !Id.TryRead(q.Value, out _)).Select(q => q.Key), "id.malformed", "An id is a UUID.");
    }

    private static void RefuseIf(Problem problem, IEnumerable<string> names, string code, string message)
    {
        if (names.Select(name => new FieldError($"?{name}", code, message)).ToArray() is { Length: > 0 } errors)
        {
            throw problem.Refuse(errors);
        }
    }

    private static Dictionary<string, Type> ParametersOf(MethodInfo handler) => handler.GetParameters()
        .SelectMany<ParameterInfo, (string? Name, Type Type)>(parameter => parameter.GetCustomAttribute<AsParametersAttribute>() is null
            ? [(parameter.GetCustomAttribute<FromQueryAttribute>() is { } query ? query.Name ?? parameter.Name : null, parameter.ParameterType)]
            : parameter.ParameterType.GetProperties().Select(property => (property.GetCustomAttribute<FromQueryAttribute>()?.Name, property.PropertyType)))
        .Where(parameter => parameter.Name is not null)
        .ToDictionary(parameter => parameter.Name!, parameter => Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type, StringComparer.Ordinal);
}
