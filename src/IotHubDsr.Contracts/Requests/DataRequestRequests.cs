using System.Security.Cryptography.X509Certificates;

namespace IotHubDsr;

/// <summary>Asks something of a request store.</summary>
public abstract record RequestStoreRequest
{
    /// <summary>The connection; it is needed for a store that is a blob container. Null when there is none.</summary>
    public DsrContext? Context { get; init; }

    /// <summary>Full path of a folder or URI of a blob container; null for the store of the connection, or the default one.</summary>
    public string? Store { get; init; }
}

/// <summary>Asks to register a request for devices that are known or a query finds.</summary>
public sealed record RegisterRequest : SubjectRequest
{
    /// <summary>As for <see cref="RequestStoreRequest.Store"/>.</summary>
    public string? Store { get; init; }

    /// <summary>When the request reached the controller; null for now.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>How the person was identified, in words.</summary>
    public string? IdentityEvidence { get; init; }

    /// <summary>Every plan that is run for the request must have been approved by somebody else.</summary>
    public bool RequireApproval { get; init; }
}

/// <summary>Asks for requests.</summary>
public sealed record DataRequestQuery : RequestStoreRequest
{
    /// <summary>IDs of requests; all when empty.</summary>
    public IReadOnlyList<string> RequestIds { get; init; } = [];

    /// <summary>Only requests that are not closed, the most urgent first.</summary>
    public bool Due { get; init; }

    /// <summary>With <see cref="Due"/>, only requests of which something is due within this time.</summary>
    public TimeSpan? Within { get; init; }

    /// <summary>Full path of a file to write a bundle without personal data to; null when none is wanted.</summary>
    public string? DiagnosticsPath { get; init; }
}

/// <summary>Asks to note something in a request's journal.</summary>
public abstract record ChangeRequest : RequestStoreRequest
{
    /// <summary>ID of the request.</summary>
    public required string RequestId { get; init; }
}

/// <summary>Asks to extend the time limit by two months.</summary>
public sealed record ExtendRequest : ChangeRequest
{
    /// <summary>Why, in words: complexity or number of the requests (GDPR, Article 12(3)).</summary>
    public required string Reason { get; init; }
}

/// <summary>Asks to hold a location, one device in it, or one item, or to release it.</summary>
public sealed record HoldRequest : ChangeRequest
{
    /// <summary>ID of the location.</summary>
    public required string LocationId { get; init; }

    /// <summary>ID of the device; null for all devices of the request.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Path of the document or blob; null for all of the location.</summary>
    public string? Item { get; init; }

    /// <summary>Why, in words; null to release.</summary>
    public string? Ground { get; init; }

    /// <summary>When the hold has to be looked at again; null to release.</summary>
    public DateTimeOffset? ReviewAt { get; init; }
}

/// <summary>Asks to note that the owner of a location has done what was theirs to do.</summary>
public sealed record OwnerActionRequest : ChangeRequest
{
    /// <summary>ID of the location.</summary>
    public required string LocationId { get; init; }

    /// <summary>Who did what and when, in words.</summary>
    public required string Note { get; init; }
}

/// <summary>Asks to note how a request was answered for which nothing is to be erased.</summary>
public sealed record AnswerRequest : ChangeRequest
{
    /// <summary>How and when the person was answered, in words.</summary>
    public required string Note { get; init; }
}

/// <summary>
/// Asks to destroy the key, the subjects, the plan and the free texts of a request; the journal and the certificates stay.
/// </summary>
public sealed record AnonymiseRequest : ChangeRequest
{
    /// <summary>Why, in words that do not name the person; null for a request that is closed.</summary>
    public string? Reason { get; init; }
}

/// <summary>Who works on a request.</summary>
public sealed record Performer
{
    /// <summary>Name, as the certificate gives it; null for the user and the machine.</summary>
    public string? Name { get; init; }

    /// <summary>The certificate with whose key the outcome is signed; null when it is not signed.</summary>
    public X509Certificate2? SigningCertificate { get; init; }
}

/// <summary>Asks to go on with a request, or to read its locations again.</summary>
public sealed record ContinueRequest : RequestStoreRequest
{
    /// <summary>ID of the request.</summary>
    public required string RequestId { get; init; }

    /// <summary>Who does it.</summary>
    public Performer Performer { get; init; } = new();

    /// <summary>How long to wait for somebody else who works on the request.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>How many blobs, or devices, are worked on at once; 1 to 64.</summary>
    public int ThrottleLimit { get; init; } = 8;
}

/// <summary>Asks whether an erasure can be put on record, before anything is planned or asked for it.</summary>
public sealed record ErasurePreparation : RequestStoreRequest
{
    /// <summary>ID of the registered request; null when one is to be registered.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whether a plan's approval will be asked for.</summary>
    public bool RequiresApproval { get; init; }

    /// <summary>When the request reached the controller; null for now.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    /// <summary>Who does it.</summary>
    public Performer Performer { get; init; } = new();

    /// <summary>Whether the store is written to, to find out whether it can be; not when nothing is to be changed.</summary>
    public bool ProbesStore { get; init; }
}

/// <summary>Asks for the report of a request.</summary>
public sealed record ReportRequest : RequestStoreRequest
{
    /// <summary>ID of the request.</summary>
    public required string RequestId { get; init; }

    /// <summary>Full path of the HTML file to make; it must not exist.</summary>
    public required string Path { get; init; }
}
