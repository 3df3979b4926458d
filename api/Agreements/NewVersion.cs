using Agency.Api.Data;
using Agency.Api.Http;

namespace Agency.Api.Agreements;

/// <summary>Writes down a version of an agreement. A version never changes: assignments that were submitted under it run under it.</summary>
internal static class NewVersion
{
    private static readonly Sql Insert = new("""
        INSERT INTO agreement_version (bank_id, agreement_id, version, agency_id, title, valid_from, valid_to, terms, person_id, client_id, created_at)
        VALUES (@tenant, @id, @version, @agency, @title, @validFrom, @validTo, @terms, @person, @client, @now)
        """);

    public static Task WriteAsync(Work work, Id agreement, int version, int agency, AgreementChange agreed, CancellationToken cancellation) =>
        work.Db.ExecuteAsync(Insert, new
        {
            tenant = work.Tenant,
            id = agreement,
            version,
            agency,
            agreed.Title,
            agreed.ValidFrom,
            agreed.ValidTo,
            terms = agreed.Terms.Complete().Write(),
            person = work.Caller.Person,
            client = work.Caller.Client,
            now = work.Now,
        }, cancellation);
}
