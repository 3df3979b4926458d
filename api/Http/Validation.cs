using System.Collections.Concurrent;
using System.Text.Json;
using FluentValidation;

namespace Agency.Api.Http;

/// <summary>
/// Checks a request body with the validator that stands beside it in its slice. Messages are in the caller's language;
/// pointers lead into the body.
/// </summary>
internal sealed class Validation
{
    private readonly ConcurrentDictionary<Type, IValidator?> validators = new();

    public async Task CheckAsync(EndpointFilterInvocationContext context)
    {
        foreach (var argument in context.Arguments)
        {
            await CheckAsync(argument, context.HttpContext.RequestAborted);
        }
    }

    /// <summary>Checks one value; what has no validator is fine.</summary>
    public async Task CheckAsync(object? argument, CancellationToken cancellation)
    {
        if (argument is null || validators.GetOrAdd(argument.GetType(), Find) is not { } validator)
        {
            return;
        }

        if (NullItems.In(argument).ToList() is { Count: > 0 } nulls)
        {
            throw HttpProblems.Invalid.Refuse([.. nulls.Select(pointer => new FieldError(pointer, "not_null", "An item of a list can't be null."))]);
        }

        var result = await validator.ValidateAsync(new ValidationContext<object>(argument), cancellation);
        if (!result.IsValid)
        {
            throw HttpProblems.Invalid.Refuse([.. result.Errors.Select(e => new FieldError(Pointer(e.PropertyName), CodeOf(e.ErrorCode), e.ErrorMessage))]);
        }
    }

    /// <summary>The validator that stands beside a type; null when it has none.</summary>
    public static IValidator? Find(Type type)
    {
        if (type.Assembly != typeof(Validation).Assembly)
        {
            return null;
        }

        var wanted = typeof(AbstractValidator<>).MakeGenericType(type);
        var found = Array.Find(type.Assembly.GetTypes(), candidate => !candidate.IsAbstract && candidate.IsSubclassOf(wanted));
        return found is null ? null : (IValidator?)Activator.CreateInstance(found, nonPublic: true);
    }

    // "Items[2].Amount" is /items/2/amount.
    private static string Pointer(string property) => "/" + string.Join('/', property
        .Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
        .Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    // The library names its checks after classes (NotEmptyValidator); ours are words.
    private static string CodeOf(string code) => code.EndsWith("Validator", StringComparison.Ordinal)
        ? JsonNamingPolicy.SnakeCaseLower.ConvertName(code[..^"Validator".Length])
        : code;
}
