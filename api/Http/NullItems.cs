using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace Agency.Api.Http;

/// <summary>
/// Finds the items of a body's lists that are null. The serializer holds members to being there and never asks the items of a list, so that
/// whoever walks one would meet a null that its type denies.
/// </summary>
internal static class NullItems
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Known = new();

    /// <summary>Where they are, as pointers into the body.</summary>
    public static IEnumerable<string> In(object body, string pointer = "")
    {
        foreach (var property in Known.GetOrAdd(body.GetType(), PropertiesOf))
        {
            var at = $"{pointer}/{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(property.Name)}";
            var found = property.GetValue(body) switch
            {
                IEnumerable items => items.Cast<object?>().SelectMany((item, index) => item is null ? [$"{at}/{index}"] : IsOurs(item.GetType()) ? In(item, $"{at}/{index}") : []),
                { } member => In(member, at),
                null => [],
            };
            foreach (var item in found)
            {
                yield return item;
            }
        }
    }

    // Lists of what can be null, and what may have such lists in it.
    private static PropertyInfo[] PropertiesOf(Type type) =>
    [
        .. type.GetProperties().Where(property => property.GetIndexParameters().Length == 0 && (IsOurs(property.PropertyType)
            || property.PropertyType is { IsGenericType: true, GenericTypeArguments: [{ IsValueType: false }] } list && list.IsAssignableTo(typeof(IEnumerable)))),
    ];

    private static bool IsOurs(Type type) => type is { IsClass: true } && type.Assembly == typeof(NullItems).Assembly;
}
