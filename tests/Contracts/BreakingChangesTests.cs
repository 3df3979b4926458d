using System.Text.Json.Nodes;
using Agency.Tests.Support;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace Agency.Tests.Contracts;

/// <summary>Nobody who works with the last released contract is broken by the next; what would break them is named.</summary>
public sealed class BreakingChangesTests
{
    private static readonly Lazy<Task<string>> Released = new(ReadReleasedAsync);

    [Fact]
    public async Task The_contract_breaks_nothing_of_the_last_released_one()
    {
        var released = JsonNode.Parse(await Released.Value)!.AsObject();
        Assert.True(released["paths"]!.AsObject().Count > 100, "The released contract was not read.");

        Assert.Equal([], BreakingChanges.Between(released, (await Wholesome.Contract.ReadAsync()).Document), StringComparer.Ordinal);
    }

    public static TheoryData<string, string, string> Breaks => new()
    {
        { "/v1/cases/{id}", "paths|/v1/cases/{id} = null", "GET /v1/cases/{id} is gone." },
        { "an operation", "paths|/v1/cases/{id}/recall|post = null", "POST /v1/cases/{id}/recall is gone." },
        { "an id", "paths|/v1/cases/{id}|get|operationId = \"Cases_Read\"", "GET /v1/cases/{id} was called Cases_Get and is called Cases_Read." },
        { "a scope", "paths|/v1/cases/{id}|get|security|0|oauth2|+ = \"pii:read\"", "GET /v1/cases/{id} now asks for the scope pii:read." },
        { "a parameter", "paths|/v1/cases|get|parameters|0 = null", "GET /v1/cases no longer takes the query parameter limit." },
        { "a required parameter", "paths|/v1/cases|get|parameters|0|required = true", "GET /v1/cases now wants the query parameter limit." },
        { "a new required parameter", "paths|/v1/cases|get|parameters|+ = {\"name\":\"side\",\"in\":\"query\",\"required\":true,\"schema\":{\"type\":\"string\"}}", "GET /v1/cases now wants the query parameter side." },
        { "a parameter's limit", "paths|/v1/cases|get|parameters|0|schema|maximum = 100", "GET /v1/cases query parameter limit: maximum was 1000 and is 100." },
        { "a parameter's default", "paths|/v1/cases|get|parameters|0|schema|default = 10", "GET /v1/cases query parameter limit: the default was 50 and is 10." },
        { "a body", "paths|/v1/cases/{id}/recall|post|requestBody = null", "POST /v1/cases/{id}/recall no longer takes a body." },
        { "a new body", "paths|/v1/contact-points/{id}/adoption|post|requestBody = {\"required\":true,\"content\":{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/RejectionReason\"}}}}", "POST /v1/contact-points/{id}/adoption now wants a body." },
        { "a type of body", "paths|/v1/portfolios/{id}/imports|post|requestBody|content|text/csv = null", "POST /v1/portfolios/{id}/imports body no longer takes text/csv." },
        { "a status", "paths|/v1/cases/{id}|get|responses|404 = null", "GET /v1/cases/{id} no longer answers 404." },
        { "a type of answer", "paths|/v1/cases/{id}|get|responses|200|content|application/json = null", "GET /v1/cases/{id} 200 no longer answers with application/json." },
        { "a member that is sent", "components|schemas|NewPromise|properties|dueOn = null", "NewPromise (sent).dueOn is gone." },
        { "a member that must be sent", "components|schemas|NewPromise|required|+ = \"agencyReference\"", "NewPromise (sent).agencyReference must now be given." },
        { "no null any more", "components|schemas|NewPromise|properties|agencyReference|nullable = false", "NewPromise (sent).agencyReference may no longer be null." },
        { "a length", "components|schemas|NewPromise|properties|agencyReference|maxLength = 32", "NewPromise (sent).agencyReference: maxLength was 64 and is 32." },
        { "a least", "components|schemas|NewAgreementTerms|properties|noticeDays|minimum = 1", "NewAgreementTerms (sent).noticeDays: minimum was 0 and is 1." },
        { "a pattern", "components|schemas|NewPortfolio|properties|currency|pattern = \"^CNY$\"", "NewPortfolio (sent).currency: the pattern was ^[A-Z]{3}$ and is ^CNY$." },
        { "a type", "components|schemas|NewPromise|properties|agencyReference|type = \"integer\"", "NewPromise (sent).agencyReference: the type was string and is integer." },
        { "a word that is sent", "components|schemas|RecallReason|enum|0 = null", "RecallReason (sent) no longer has the word complaint." },
        { "a list of words", "components|schemas|NewPortfolio|properties|name|enum = [\"A\"]", "NewPortfolio (sent).name is now one of a list of words." },
        { "a member that is answered", "components|schemas|Case|properties|openedAt = null", "Case (answered).openedAt is gone." },
        { "a member that may be absent", "components|schemas|Case|required|0 = null", "Case (answered).account may now be absent." },
        { "a member that may be null", "components|schemas|Case|properties|id|nullable = true", "Case (answered).id may now be null." },
        { "a format", "components|schemas|Case|properties|openedAt|format = \"date\"", "Case (answered).openedAt: the format was date-time and is date." },
        { "a word that is answered", "components|schemas|CaseState|enum|+ = \"sleeping\"", "CaseState (answered) has the new word sleeping." },
        { "a word that is answered no more", "components|schemas|CaseState|enum|0 = null", "CaseState (answered) no longer has the word active." },
        { "a member of what is in a list", "components|schemas|StandingHold|properties|kind = null", "StandingHold (answered).kind is gone." },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task What_breaks_is_named(string what, string change, string named)
    {
        var released = JsonNode.Parse(await Released.Value)!.AsObject();
        var changed = released.DeepClone().AsObject();
        Make(changed, change);

        Assert.True(BreakingChanges.Between(released, changed).Contains(named, StringComparer.Ordinal), $"{what}: {string.Join(' ', BreakingChanges.Between(released, changed))}");
    }

    [Theory]
    [InlineData("paths|/v1/new = {\"get\":{\"operationId\":\"News_List\",\"responses\":{}}}")]
    [InlineData("paths|/v1/cases|get|parameters|+ = {\"name\":\"side\",\"in\":\"query\",\"schema\":{\"type\":\"string\"}}")]
    [InlineData("paths|/v1/cases/{id}|get|responses|410 = {\"description\":\"`case.gone`\"}")]
    [InlineData("paths|/v1/cases|get|parameters|0|schema|maximum = 5000")]
    [InlineData("paths|/v1/cases/{id}|get|description = \"Otherwise said.\"")]
    [InlineData("components|schemas|NewPromise|properties|note = {\"type\":\"string\"}")]
    [InlineData("components|schemas|NewPromise|properties|agencyReference|maxLength = 128")]
    [InlineData("components|schemas|NewPortfolio|required = []")]
    [InlineData("components|schemas|Case|properties|note = {\"type\":\"string\"}")]
    [InlineData("components|schemas|Case|required|+ = \"collectorId\"")]
    [InlineData("components|schemas|KeepReason2 = {\"type\":\"string\"}")]
    [InlineData("components|schemas|DistributionMode|enum|+ = \"by_balance\"")]
    public async Task What_is_added_breaks_nothing(string change)
    {
        var released = JsonNode.Parse(await Released.Value)!.AsObject();
        var changed = released.DeepClone().AsObject();
        Make(changed, change);

        Assert.False(JsonNode.DeepEquals(released, changed));
        Assert.Equal([], BreakingChanges.Between(released, changed), StringComparer.Ordinal);
    }

    // "a|b|0 = value": there the value is put, null takes away, + adds to a list.
    private static void Make(JsonObject document, string change)
    {
        var (place, value) = (change.Split(" = ", 2)[0].Split('|'), JsonNode.Parse(change.Split(" = ", 2)[1]));
        var parent = place[..^1].Aggregate((JsonNode)document, (node, part) => (node is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)] : node[part])!);
        switch (parent)
        {
            case JsonArray list when place[^1] == "+":
                list.Add(value);
                break;
            case JsonArray list:
                list.RemoveAt(int.Parse(place[^1], System.Globalization.CultureInfo.InvariantCulture));
                break;
            default:
                if (value is null)
                {
                    Assert.True(parent.AsObject().Remove(place[^1]));
                }
                else
                {
                    parent[place[^1]] = value;
                }

                break;
        }
    }

    private static async Task<string> ReadReleasedAsync()
    {
        var settings = new OpenApiReaderSettings();
        settings.AddYamlReader();
        var read = OpenApiDocument.Parse(Repository.Read("tests/Contracts/released.yaml"), "yaml", settings);
        Assert.Empty(read.Diagnostic!.Errors);
        return await read.Document!.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_0);
    }
}
