namespace Agency.Sdk;

/// <summary>Where the API is, who calls it, and how long to try.</summary>
public sealed class AgencyClientOptions
{
    private Uri? baseAddress;

    /// <summary>The API's address, such as <c>https://api.example.com</c>.</summary>
    public Uri? BaseAddress
    {
        get => baseAddress;

        // Relative addresses replace what follows the last slash.
        set => baseAddress = value is null ? null : new Uri(value.AbsoluteUri.TrimEnd('/') + "/");
    }

    /// <summary>The client's id, of its credentials.</summary>
    public string? ClientId { get; set; }

    /// <summary>The client's secret, of its credentials.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>The scopes to ask for; all the client has when empty.</summary>
    public IList<string> Scopes { get; } = [];

    /// <summary>Where tokens are given; <c>connect/token</c> of the API when absent.</summary>
    public Uri? TokenAddress { get; set; }

    /// <summary>The application's name, told to the API in <c>User-Agent</c>: it helps when something has to be looked into.</summary>
    public string? ApplicationName { get; set; }

    /// <summary>How often a call is sent again after 408, 429, 5xx or a network fault; 0 for never.</summary>
    public int MaxRetries { get; set; } = 4;

    /// <summary>About how long to wait before the first retry; each further one waits twice as long, with chance in it. What the API says in <c>Retry-After</c> goes first.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait before a retry; where the API asks for a longer one the call is refused at once.</summary>
    public TimeSpan LongestRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one try may take. Uploads take as long as they take.</summary>
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(60);

    internal static void CheckCredentials(AgencyClientOptions options)
    {
        if (options.BaseAddress is not { IsAbsoluteUri: true })
        {
            throw new ArgumentException("The API's address is missing: give one such as https://api.example.com.", nameof(options));
        }

        if (string.IsNullOrEmpty(options.ClientId) || string.IsNullOrEmpty(options.ClientSecret))
        {
            throw new ArgumentException("The client's credentials are missing: give its id and its secret.", nameof(options));
        }
    }

    internal static void CheckTries(AgencyClientOptions options)
    {
        if (options.MaxRetries is < 0 or > 100 || options.RetryDelay < TimeSpan.Zero || options.LongestRetryDelay < options.RetryDelay || options.TryTimeout <= TimeSpan.Zero)
        {
            throw new ArgumentException("The tries are out of range: 0 to 100 retries, no delay longer than the longest, more than no time for a try.", nameof(options));
        }
    }
}
