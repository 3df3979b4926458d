using Agency.Portal.Http;
using Agency.Portal.Language;
using Agency.Sdk;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Agency.Portal.Pages.Tenants;

/// <summary>One tenant: its people and the clients of its systems. Passwords and secrets are shown once, in the answer that made them.</summary>
public sealed class GetModel(AgencyClient agency, IStringLocalizer<Texts> texts) : FormPage
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public Tenant Tenant { get; private set; } = new();

    public IReadOnlyList<Sdk.Person> People { get; private set; } = [];

    public IReadOnlyList<ApiClient> Clients { get; private set; } = [];

    /// <summary>What was given out just now.</summary>
    public OneTimeSecret? Secret { get; private set; }

    [BindProperty]
    public PersonForm NewPerson { get; set; } = new();

    [BindProperty]
    public ClientForm NewClient { get; set; } = new();

    public async Task OnGetAsync(CancellationToken cancellation) => await LoadAsync(cancellation);

    public async Task<IActionResult> OnPostPersonAsync(CancellationToken cancellation)
    {
        var person = new NewPerson { Email = NewPerson.Email ?? "", Name = NewPerson.Name ?? "", Role = NewPerson.Role ?? "" };
        return await ShowAsync(options => agency.People.CreateAsync(Id, person, options, cancellation), Password, cancellation);
    }

    public async Task<IActionResult> OnPostResetAsync(Guid person, CancellationToken cancellation) =>
        await ShowAsync(options => agency.People.ResetSignInAsync(person, options, cancellation), Password, cancellation);

    public async Task<IActionResult> OnPostClientAsync(CancellationToken cancellation)
    {
        var client = new NewClient { ClientId = NewClient.ClientId ?? "", Name = NewClient.Name ?? "", Scopes = NewClient.Scopes };
        return await ShowAsync(
            options => agency.Clients.CreateAsync(Id, client, options, cancellation), made => new OneTimeSecret(texts["secret.client"], made.Client.ClientId, made.Secret, Here), cancellation);
    }

    public async Task<IActionResult> OnPostDisablePersonAsync(Guid person, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.People.DisableAsync(person, options, cancellation)), "person.disabled_now", cancellation);

    public async Task<IActionResult> OnPostEnablePersonAsync(Guid person, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.People.EnableAsync(person, options, cancellation)), "person.enabled_now", cancellation);

    public async Task<IActionResult> OnPostDisableClientAsync(Guid client, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Clients.DisableAsync(client, options, cancellation)), "client.disabled_now", cancellation);

    public async Task<IActionResult> OnPostEnableClientAsync(Guid client, CancellationToken cancellation) => await AfterAsync(
        await TryAsync(options => agency.Clients.EnableAsync(client, options, cancellation)), "client.enabled_now", cancellation);

    private string Here => Url.Page("/Tenants/Get", new { Id })!;

    private OneTimeSecret Password(CreatedPerson made) => new(texts["secret.password"], made.Person.Email, made.Password, Here);

    // No redirect: what is shown once has no other place than this answer.
    private async Task<IActionResult> ShowAsync<T>(Func<CallOptions, Task<T>> deed, Func<T, OneTimeSecret> secretOf, CancellationToken cancellation)
    {
        if (await TryAsync(async options => Secret = secretOf(await deed(options))))
        {
            Tenant = await agency.Tenants.GetAsync(Id, cancellationToken: cancellation);
            return Page();
        }

        await LoadAsync(cancellation);
        return Page();
    }

    private async Task<IActionResult> AfterAsync(bool isDone, string told, CancellationToken cancellation)
    {
        if (isDone)
        {
            Tell(told);
            return RedirectToPage(new { Id });
        }

        await LoadAsync(cancellation);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancellation)
    {
        Tenant = await agency.Tenants.GetAsync(Id, cancellationToken: cancellation);
        People = await agency.People.ListAsync(Id, cancellationToken: cancellation).ToListAsync(cancellation);
        Clients = await agency.Clients.ListAsync(Id, cancellationToken: cancellation).ToListAsync(cancellation);
    }
}

/// <summary>A person to add, as typed.</summary>
public sealed class PersonForm
{
    public string? Email { get; set; }

    public string? Name { get; set; }

    public string? Role { get; set; }
}

/// <summary>A client to create, as typed.</summary>
public sealed class ClientForm
{
    public string? ClientId { get; set; }

    public string? Name { get; set; }

    public List<string> Scopes { get; set; } = [];
}
