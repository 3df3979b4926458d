using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Agency.Api.Data;

namespace Agency.Api.Identity;

/// <summary>
/// OpenIddict asks each store for some thirty getters and setters, one a property. This stands for them all: a getter or a
/// setter goes to the entity's property of that name, every other method to the method of the same name and parameters on
/// the store that was written by hand.
/// </summary>
/// <remarks>
/// What an entity has no property for reads as empty, and setting it to anything else fails rather than losing it. A method
/// the store does not have is one the service never uses.
/// </remarks>
public class EntityStore : DispatchProxy
{
    private readonly ConcurrentDictionary<MethodInfo, Func<object?[], object?>> calls = new();
    private object store = null!;

    /// <summary>Makes the interface OpenIddict wants out of a hand-written store.</summary>
    public static TInterface Over<TInterface>(object store)
        where TInterface : class
    {
        var proxy = Create<TInterface, EntityStore>();
        ((EntityStore)(object)proxy).store = store;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => calls.GetOrAdd(targetMethod!, Find)(args ?? []);

    private Func<object?[], object?> Find(MethodInfo method)
    {
        var parameters = method.GetParameters();
        var written = method.IsGenericMethod ? null : store.GetType().GetMethod(method.Name, [.. parameters.Select(p => p.ParameterType)]);
        if (written is not null)
        {
            return args => written.Invoke(store, BindingFlags.DoNotWrapExceptions, null, args, null);
        }

        var name = method.Name[3..^"Async".Length];
        var property = parameters[0].ParameterType.GetProperty(name);
        return (method.Name[..3], parameters.Length) switch
        {
            ("Get", 2) => Getter(method.ReturnType, property),
            ("Set", 3) => Setter(property, name),
            _ => throw new NotSupportedException($"{store.GetType().Name} has no {method.Name}."),
        };
    }

    // Getters answer ValueTask<T>, whose T the property has, or the id's text.
    private static Func<object?[], object?> Getter(Type valueTask, PropertyInfo? property)
    {
        var type = valueTask.GetGenericArguments()[0];
        var make = valueTask.GetConstructor([type])!;
        return args =>
        {
            var value = property?.GetValue(args[0]) ?? Empty(type);
            return make.Invoke([type == typeof(string) ? value?.ToString() : value]);
        };
    }

    private static object? Empty(Type type) => type switch
    {
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) => ImmutableArray<string>.Empty,
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>) => type.GetField("Empty")!.GetValue(null),
        _ => null,
    };

    private static Func<object?[], object?> Setter(PropertyInfo? property, string name) => args =>
    {
        Set(property, args[0]!, args[1], name);
        return ValueTask.CompletedTask;
    };

    private static void Set(PropertyInfo? property, object entity, object? value, string name)
    {
        if (property is { CanWrite: true })
        {
            property.SetValue(entity, value is string text && property.PropertyType == typeof(Id?) ? Id.Parse(text, null) : value);
        }
        else if (value is not (null or ImmutableArray<string> { IsDefaultOrEmpty: true } or System.Collections.ICollection { Count: 0 }))
        {
            throw new NotSupportedException($"{entity.GetType().Name} keeps no {name}.");
        }
    }
}
