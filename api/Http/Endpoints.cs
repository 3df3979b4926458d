using System.Security.Claims;
using Agency.Api.Data;
using Microsoft.AspNetCore.Authorization;

namespace Agency.Api.Http;

/// <summary>The scope a route asks for.</summary>
public sealed record RequiredScope(string Scope);

/// <summary>The problems a route is known to answer with, for the contract.</summary>
public sealed record KnownProblems(IReadOnlyList<Problem> Problems);

/// <summary>
/// Reads the resource that a route's <c>{id}</c> names, as its GET shows it: null when the caller can't see it. The pipeline
/// compares If-Match with it, and asks it again before a replay, so that a stored answer is not shown to who lost sight of it.
/// </summary>
/// <param name="Lock">Taken before If-Match is compared, so that of two changes under one ETag the second is refused.</param>
/// <param name="Type">What the GET answers with. A verb that answers with it too changes it, and its audit entry says how.</param>
internal sealed record Subject(Type Type, Func<Work, Id, CancellationToken, Task<object?>> Read, Problem NotFound, Sql? Lock);

/// <summary>Runs before the transaction opens, for what must not hold it: receiving a large body.</summary>
internal sealed record BeforeTransaction(Func<HttpContext, Tenancy.Caller, Task> Run);

/// <summary>The body is a file of one of these types, read as it comes in: for the contract alone, the verb checks the type itself.</summary>
internal sealed record FileBody(IReadOnlyList<string> ContentTypes);

/// <summary>The answer is a file of this type, for the contract.</summary>
internal sealed record FileResult(string ContentType, string Description);

/// <summary>How a verb is put on its route; each call says what the contract needs to know.</summary>
internal static class Endpoints
{
    /// <summary>Names the operation, says what it does, and which scope it takes.</summary>
    public static RouteHandlerBuilder Describe(this RouteHandlerBuilder route, string operationId, string scope, string summary, string description) => route
        .WithName(operationId)
        .WithSummary(summary)
        .WithDescription(description)
        .WithMetadata(new RequiredScope(scope))
        .RequireAuthorization(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new ScopeRequirement(scope)).Build());

    /// <summary>What a success looks like.</summary>
    public static RouteHandlerBuilder Returns<T>(this RouteHandlerBuilder route, int status = StatusCodes.Status200OK) =>
        route.Produces<T>(status, "application/json");

    /// <summary>A success is a file.</summary>
    public static RouteHandlerBuilder ReturnsFile(this RouteHandlerBuilder route, string contentType, string description) =>
        route.WithMetadata(new FileResult(contentType, description));

    /// <summary>The body is a file.</summary>
    public static RouteHandlerBuilder Receives(this RouteHandlerBuilder route, params string[] contentTypes) =>
        route.WithMetadata(new FileBody(contentTypes));

    /// <summary>The refusals of this verb beyond those any request can meet.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params Problem[] problems) =>
        route.WithMetadata(new KnownProblems(problems));

    /// <summary>The list can be asked for in full.</summary>
    public static RouteHandlerBuilder HasFullView(this RouteHandlerBuilder route) =>
        route.Refuses(HttpProblems.ClientsOnly).WithMetadata(new HasFullView(), new BeforeTransaction(FullView.RequireAsync));

    /// <summary>The resource <c>{id}</c> names.</summary>
    public static RouteHandlerBuilder On<T>(this RouteHandlerBuilder route, Func<Work, Id, CancellationToken, Task<T?>> read, Problem notFound, Sql? locked = null)
        where T : class =>
        route.WithMetadata(new Subject(typeof(T), async (work, id, cancellation) => await read(work, id, cancellation), notFound, locked));
}

internal sealed record ScopeRequirement(string Scope) : IAuthorizationRequirement;

/// <summary>A scope is one of the words of the token's scope claim, which an issuer may send as one string or several.</summary>
internal sealed class ScopeHandler : AuthorizationHandler<ScopeRequirement>
{
    public static bool Has(ClaimsPrincipal user, string scope) =>
        user.FindAll(Tenancy.Claims.Scope).Any(claim => claim.Value.Split(' ').Contains(scope, StringComparer.Ordinal));

    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
    {
        if (Has(context.User, requirement.Scope))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}

/// <summary>The answer holds what must not be kept, so an Idempotency-Key is not looked at.</summary>
internal sealed record NeverReplayed;

/// <summary>A POST that only asks: its transaction reads, so that it waits for no writer and no writer for it.</summary>
internal sealed record ChangesNothing;

/// <summary>A GET that is written down in the audit log, by a transaction that writes.</summary>
internal sealed record LoggedRead;
