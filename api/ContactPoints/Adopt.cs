using Agency.Api.Data;
using Agency.Api.Http;
using Agency.Api.Tenancy;

namespace Agency.Api.ContactPoints;

/// <summary>A bank takes over what an agency found: from then on every agency that works the debtor sees it.</summary>
internal static class Adopt
{
    private static readonly Sql Lock = new("SELECT id FROM contact_point WITH (UPDLOCK, HOLDLOCK) WHERE bank_id = @tenant AND id = @id");

    // The same value of the same debtor that everybody may see already.
    private static readonly Sql FindShown = new("""
        SELECT p.id
        FROM contact_point AS p
        WHERE p.bank_id = @tenant AND p.debtor_id = @debtor AND p.kind = @kind AND p.value_index = @index AND p.agency_id IS NULL
        UNION ALL
        SELECT p.id
        FROM contact_point AS p
        WHERE p.bank_id = @tenant AND p.debtor_id = @debtor AND p.kind = @kind AND p.value_index = @index AND p.agency_id > 0 AND p.adopted_at IS NOT NULL
        """);

    private static readonly Sql Update = new("UPDATE contact_point SET adopted_at = @now, changed_at = @now WHERE bank_id = @tenant AND id = @id");

    public static void Map(RouteGroupBuilder points) => points.MapPost("/{id}/adoption", HandleAsync)
        .Describe("ContactPoints_Adopt", Scopes.ContactPointsWrite, "Adopt a contact point", "Takes over what an agency found, so that every agency that works the debtor sees it. It can't be undone; mark it invalid instead.")
        .Returns<ContactPoint>(StatusCodes.Status201Created)
        .Refuses(HttpProblems.WrongTenantKind, ContactPointProblems.IsAdopted, ContactPointProblems.IsOwn, ContactPointProblems.Known)
        .On(Get.ReadAsync, ContactPointProblems.NotFound);

    private static async Task<Answer<ContactPoint>> HandleAsync(Id id, Work work, CancellationToken cancellation)
    {
        work.Require(TenantKind.Bank);
        _ = await work.Db.FindAsync<Id?>(Lock, new { tenant = work.Tenant, id }, cancellation);
        var point = await Get.FindAsync(work, id, cancellation) ?? throw ContactPointProblems.NotFound.Refuse();
        if (point.AgencyId is null)
        {
            throw ContactPointProblems.IsOwn.Refuse();
        }

        if (point.AdoptedAt is not null)
        {
            throw ContactPointProblems.IsAdopted.Refuse();
        }

        var shown = await work.Db.ListAsync<Id>(FindShown, new { tenant = work.Tenant, debtor = point.DebtorId, point.Kind, index = point.ValueIndex }, cancellation);
        if (shown is [var first, ..])
        {
            throw ContactPointProblems.Known.Refuse($"It is {first}.");
        }

        await work.Db.ExecuteAsync(Update, new { tenant = work.Tenant, id, now = work.Now }, cancellation);
        await work.AuditAsync("contact_point.adopted", id);
        await work.EmitAsync(new("contact_point.adopted", id, work.Tenant, point.AgencyId, point.CaseId));
        return Answer.Created($"/v1/contact-points/{id}", (await Get.ReadAsync(work, id, cancellation))!);
    }
}
