using System.ComponentModel;
using System.Globalization;
using System.Security.Cryptography;
using Agency.Api.Data;
using Agency.Api.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace Agency.Api.Http;

/// <summary>Whether a list shows private values masked or in full.</summary>
internal sealed record ViewQuery(
    [property: FromQuery(Name = "view"), Description("masked (when absent), or full: names and contact points unmasked, for a client with the scope pii:read. Each answer is written to the audit trail. Id numbers stay masked.")] string? View)
{
    public bool IsFull => View == FullView.Word;
}

/// <summary>The route has a full view: asked for that, it writes although it only reads.</summary>
internal sealed record HasFullView;

/// <summary>
/// What goes with a list in full: only a client that may see private data gets it, and each answer is one entry of the audit log, with how
/// many were shown and a digest by which it can be proved which.
/// </summary>
internal sealed class FullView(KeyRing ring)
{
    public const string Word = "full";
    private const string Masked = "masked";

    public static bool IsAsked(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<HasFullView>() is not null && http.Request.Query["view"] == Word;

    /// <summary>Refuses who must not have it, before a transaction opens.</summary>
    public static Task RequireAsync(HttpContext http, Caller caller)
    {
        var view = http.Request.Query["view"];
        if (view.Count > 0 && view != Masked && view != Word)
        {
            throw HttpProblems.Malformed.Refuse(new FieldError("?view", "unknown", $"One of {Masked}, {Word}."));
        }

        if (IsAsked(http) && caller.Person is not null)
        {
            throw HttpProblems.ClientsOnly.Refuse();
        }

        return IsAsked(http) && !ScopeHandler.Has(http.User, Scopes.PiiRead)
            ? throw HttpProblems.MissingScope.Refuse($"The scope {Scopes.PiiRead} is needed.")
            : Task.CompletedTask;
    }

    /// <summary>Writes down what was shown in full.</summary>
    /// <param name="list">What it is a list of.</param>
    /// <param name="of">The thing that the list belongs to, if any.</param>
    public Task AuditAsync(Work work, string list, IReadOnlyList<Id> shown, Id of = default) =>
        work.AuditAsync("pii.listed", of, string.Create(CultureInfo.InvariantCulture, $"{shown.Count} {list}, digest {DigestOf(work.Tenant, shown)}"));

    // In the order of the ids, so that the same things have the same digest however they were sorted.
    private string DigestOf(int tenant, IReadOnlyList<Id> shown)
    {
        using var digest = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, ring.DeriveIndex(string.Create(CultureInfo.InvariantCulture, $"full view|{tenant}")));
        foreach (var id in shown.Order())
        {
            digest.AppendData(id.ToBytes());
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
