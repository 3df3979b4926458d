using System.Globalization;
using System.Text.Json;
using FluentValidation;
using FluentValidation.Validators;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Agency.Api.Http;

/// <summary>Says in a request's schema what its validator asks of each member alone: lengths, ranges, forms. Rules with a condition stay out.</summary>
internal sealed class ContractLimits : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (Validation.Find(context.Type) is not { } validator)
        {
            return;
        }

        foreach (var rule in validator.CreateDescriptor().Rules.Where(rule => rule is { PropertyName: { } name, HasCondition: false } && !name.Contains('.', StringComparison.Ordinal)))
        {
            IOpenApiSchema? member = null;
            schema.Properties?.TryGetValue(JsonNamingPolicy.CamelCase.ConvertName(rule.PropertyName), out member);
            var isOfItems = rule.GetType().GetInterfaces().Any(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ICollectionRule<,>));
            if ((isOfItems ? member?.Items : member) is OpenApiSchema { AllOf: null or [] } limited)
            {
                foreach (var component in rule.Components.Where(component => component is { HasCondition: false, HasAsyncCondition: false }))
                {
                    Limit(limited, component.Validator);
                }
            }
        }
    }

    private static void Limit(OpenApiSchema member, IPropertyValidator check)
    {
        switch (check)
        {
            case ILengthValidator length:
                member.MaxLength = length.Max > 0 ? length.Max : member.MaxLength;
                member.MinLength = length.Min > 0 ? length.Min : member.MinLength;
                break;
            case INotEmptyValidator when member.Type?.HasFlag(JsonSchemaType.String) == true && member.Format is null:
                member.MinLength ??= 1;
                break;
            case INotEmptyValidator when member.Type?.HasFlag(JsonSchemaType.Array) == true:
                member.MinItems ??= 1;
                break;
            case IBetweenValidator between when member.Type?.HasFlag(JsonSchemaType.Integer) == true:
                (member.Minimum, member.Maximum) = (Number(between.From), Number(between.To));
                break;
            case IComparisonValidator { ValueToCompare: { } bound } comparison when member.Type?.HasFlag(JsonSchemaType.Integer) == true:
                member.Minimum = comparison.Comparison == Comparison.GreaterThanOrEqual ? Number(bound) : member.Minimum;
                member.Maximum = comparison.Comparison == Comparison.LessThanOrEqual ? Number(bound) : member.Maximum;
                break;
            case IRegularExpressionValidator form:
                // The end of the text is \z here and $ in the contract's expressions.
                member.Pattern = form.Expression.Replace("\\z", "$", StringComparison.Ordinal);
                break;
        }
    }

    private static string? Number(object bound) => Convert.ToString(bound, CultureInfo.InvariantCulture);
}
