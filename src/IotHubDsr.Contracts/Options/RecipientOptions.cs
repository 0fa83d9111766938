namespace IotHubDsr;

/// <summary>
/// How recipients are asked to erase that no sink reaches (GDPR, Article 19): what the request files say that are written for them.
/// </summary>
public sealed record RecipientOptions
{
    private readonly IReadOnlyList<Uri> _statusCallbackUrls = TextList.Of<Uri>([]);

    /// <summary>Whether the files name devices by their IDs; if not, by the SHA-256 of each ID in UTF-8.</summary>
    public bool NamesDevices { get; init; }

    /// <summary>Addresses, with https, at which recipients report how far they are; empty for none.</summary>
    public IReadOnlyList<Uri> StatusCallbackUrls
    {
        get => _statusCallbackUrls;
        init => _statusCallbackUrls = TextList.Of(value);
    }
}
