namespace IotHubDsr.Core.Tests.Sandbox.Requests;

/// <summary>
/// Where Azurite does not give the answer in the table, and who is right. Titles are those of the pages of Microsoft's REST reference for
/// Azure Storage.
/// </summary>
internal static class StorageDifferences
{
    private const string NoCode =
        "Sandbox: Common REST API error codes: each refusal has its code in x-ms-error-code; Azurite's reader of parameters gives none.";

    private const string OneRefusal = "Azurite has one refusal for all that is not authorized.";

    public static IReadOnlyList<StorageDifference> All { get; } =
    [
        new("put without a type", "400", NoCode),
        new("put of an unknown type", "400", NoCode),
        new(
            "put with tags that are none",
            "400 DuplicateTagNames",
            "Sandbox: Set Blob Tags: keys have letters, digits and + - . / : = _ and space; nothing in these is there twice."
        ),
        new(
            "put under a condition that is no date",
            "201",
            "Sandbox: Specifying conditional headers: a header that is not well formed gives 400."
        ),
        new("get a range beyond the end", "206", "Sandbox: Get Blob: a range that starts at or after the end gives 416 InvalidRange."),
        new(
            "get a version that is none",
            "404 BlobNotFound",
            "Sandbox: Get Blob: snapshot is a DateTime; Common REST API error codes: a parameter with a value "
                + "that is none gives InvalidQueryParameterValue."
        ),
        new("metadata without a name", "200", "Sandbox: Common REST API error codes: EmptyMetadataKey."),
        new("too much metadata", "200", "Sandbox: Set Blob Metadata: metadata of more than 8 KB gives MetadataTooLarge."),
        new("tags that are none", "400", NoCode),
        new(
            "a tag with a character that it may not have",
            "400 DuplicateTagNames",
            "Sandbox: Set Blob Tags: keys have letters, digits and + - . / : = _ and space; nothing in these is there twice."
        ),
        new(
            "an unknown tier",
            "400 AccessTierNotSupportedForBlobType",
            "Sandbox: Common REST API error codes: a value that a header cannot have gives InvalidHeaderValue; "
                + "Azurite's code is not among the service's."
        ),
        new("no tier", "400", NoCode),
        new(
            "metadata in the archive",
            "200",
            "Sandbox: Access tiers: of a blob in the archive only tier and tags change; Blob service error codes: BlobArchived."
        ),
        new("block without ID", "400", NoCode),
        new(
            "block with an ID that is no Base64",
            "400 InvalidQueryParameterValue",
            "Sandbox: Blob service error codes: InvalidBlockId is for an ID that is not Base64."
        ),
        new("empty block", "201", "Sandbox: Put Block: Content-Length must be greater than zero."),
        new("list that is none", "400", NoCode),
        new("blocks of an unknown kind", "400", NoCode),
        new(
            "append blob with content",
            "400 InvalidOperation",
            "Sandbox: Put Blob: Content-Length of an append blob must be 0; Common REST API error codes: InvalidHeaderValue."
        ),
        new(
            "tier of an append blob",
            "400 AccessTierNotSupportedForBlobType",
            "Sandbox: Set Blob Tier is for block and page blobs; Blob service error codes: InvalidBlobType."
        ),
        new("lease with an ID that is none", "201", "Sandbox: Lease Blob: a proposed ID that is not a GUID gives 400."),
        new("unknown lease action", "400", NoCode),
        new(
            "block without the lease",
            "201",
            "Sandbox: Put Block: a leased blob needs its lease; Blob service error codes: LeaseIdMissing."
        ),
        new("put with a broken lease", "412 LeaseNotPresentWithBlobOperation", "Both: Lease Blob documents 412 and no code."),
        new("delete snapshots of some kind", "400", NoCode),
        new("undelete where nothing is kept", "500", "Sandbox: Undelete Blob: a blob that is not there gives 404."),
        new("copy if the source changed", "412 ConditionNotMet", "Sandbox: Blob service error codes: SourceConditionNotMet."),
        new(
            "copy over a blob of another type",
            "202",
            "Sandbox: Copy Blob: the source and a target that is there are of one type; Blob service error codes: InvalidBlobType."
        ),
        new(
            "abort a copy that is done",
            "409 CopyIdMismatch",
            "Sandbox: Abort Copy Blob: a copy that is not pending gives NoPendingCopyOperation."
        ),
        new("list an unknown state", "400", NoCode),
        new("list nothing", "400", NoCode),
        new("list no number", "400", NoCode),
        new(
            "a version that is none",
            "200",
            "Sandbox: Versioning: an x-ms-version that is none gives InvalidHeaderValue; Azurite is started without its check."
        ),
        new("nobody", "403 AuthorizationFailure", $"Sandbox: Common REST API error codes: NoAuthenticationInformation. {OneRefusal}"),
        new("a forged key", "403 AuthorizationFailure", $"Sandbox: Common REST API error codes: AuthenticationFailed. {OneRefusal}"),
        new("a key of long ago", "403 AuthorizationFailure", $"Sandbox: Common REST API error codes: AuthenticationFailed. {OneRefusal}"),
        new(
            "a scheme that is none",
            "403 AuthorizationFailure",
            $"Sandbox: Common REST API error codes: InvalidAuthenticationInfo. {OneRefusal}"
        ),
        new(
            "a method that is none",
            "400",
            "Sandbox: Common REST API error codes: UnsupportedHttpVerb is for methods that a resource does not have."
        ),
    ];

    public static string Azurite(StorageRequest request) =>
        All.FirstOrDefault(difference => difference.Request == request.Name)?.Azurite ?? request.Answer;
}
