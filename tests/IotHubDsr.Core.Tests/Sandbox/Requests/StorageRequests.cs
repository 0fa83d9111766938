namespace IotHubDsr.Core.Tests.Sandbox.Requests;

/// <summary>The table of requests. They are sent in this order, to one container.</summary>
internal static class StorageRequests
{
    private const string Lease = "aaaaaaaa-0000-4000-8000-000000000001";
    private const string OtherLease = "aaaaaaaa-0000-4000-8000-000000000002";
    private const string Block1 = "YmxvY2stMDAwMQ==";
    private const string BlockType = "x-ms-blob-type: BlockBlob";
    private const string AppendType = "x-ms-blob-type: AppendBlob";

    public static IReadOnlyList<StorageRequest> All { get; } =
    [
        .. Writes(),
        .. Reads(),
        .. Properties(),
        .. Tiers(),
        .. Blocks(),
        .. Appends(),
        .. Leases(),
        .. Snapshots(),
        .. Copies(),
        .. Listings(),
        .. Containers(),
        .. Protocol(),
    ];

    private static StorageRequest Put(string name, string blob, string answer, string body, params string[] headers) =>
        new(name, $"PUT /{{c}}/{blob}", answer) { Headers = [BlockType, .. headers], Body = body };

    private static StorageRequest Ask(string name, string line, string answer, params string[] headers) =>
        new(name, line, answer) { Headers = headers };

    private static IEnumerable<StorageRequest> Writes() =>
        [
            Put("put", "b", "201", "hello"),
            Put("put again", "b", "201", "hello"),
            Put("put the source", "source", "201", "copied"),
            Put("put with metadata and headers", "b", "201", "hello", "x-ms-meta-a: 1", "x-ms-blob-content-type: text/plain"),
            new("put without a type", "PUT /{c}/n", "400 MissingRequiredHeader") { Body = "x" },
            new("put of an unknown type", "PUT /{c}/n", "400 InvalidHeaderValue") { Body = "x", Headers = ["x-ms-blob-type: Blob"] },
            Put("put if absent", "b", "409 BlobAlreadyExists", "x", "If-None-Match: *"),
            Put("put if absent, and it is", "if-absent", "201", "x", "If-None-Match: *"),
            Put("put if unchanged, and it changed", "b", "412 ConditionNotMet", "x", "If-Match: \"0x8D0000000000000\""),
            Put("put if unchanged, and it is not there", "n", "412 ConditionNotMet", "x", "If-Match: \"0x8D0000000000000\""),
            Put("put if it is there", "b", "201", "hello", "If-Match: *"),
            Put("put if it is there, and it is not", "n", "412 ConditionNotMet", "x", "If-Match: *"),
            Put("put if old", "b", "412 ConditionNotMet", "x", "If-Unmodified-Since: Mon, 01 Jan 2018 00:00:00 GMT"),
            Put("put with the wrong digest", "n", "400 Md5Mismatch", "x", "Content-MD5: 1B2M2Y8AsgTpgAmY7PhCfg=="),
            Put("put with a digest that is none", "n", "400 InvalidMd5", "x", "Content-MD5: nothing"),
            Put("put with a name of metadata that is none", "n", "400 InvalidMetadata", "x", "x-ms-meta-1a: 1"),
            Put("put with tags", "tagged", "201", "x", "x-ms-tags: a=1&b=2"),
            Put("put with tags that are none", "n", "400 InvalidTag", "x", "x-ms-tags: a%7C=1"),
            Put("put with an unknown tier", "n", "400 InvalidHeaderValue", "x", "x-ms-access-tier: Lukewarm"),
            Put("put under a condition that is no date", "n", "400 InvalidHeaderValue", "x", "If-Modified-Since: yesterday"),
        ];

    private static IEnumerable<StorageRequest> Reads() =>
        [
            Ask("get", "GET /{c}/b", "200"),
            Ask("head", "HEAD /{c}/b", "200"),
            Ask("get what is not there", "GET /{c}/nowhere", "404 BlobNotFound"),
            Ask("head what is not there", "HEAD /{c}/nowhere", "404 BlobNotFound"),
            Ask("get where nothing is", "GET /missing/b", "404 ContainerNotFound"),
            Ask("get a range", "GET /{c}/b", "206", "x-ms-range: bytes=1-3"),
            Ask("get a range without end", "GET /{c}/b", "206", "x-ms-range: bytes=1-"),
            Ask("get a range beyond the end", "GET /{c}/b", "416 InvalidRange", "x-ms-range: bytes=5-9"),
            Ask("get if changed since", "GET /{c}/b", "304 ConditionNotMet", "If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT"),
            Ask("get if unchanged, and it changed", "GET /{c}/b", "412 ConditionNotMet", "If-Match: \"0x8D0000000000000\""),
            Ask("get a version that is none", "GET /{c}/b?snapshot=yesterday", "400 InvalidQueryParameterValue"),
            Ask("get a snapshot that is not there", "GET /{c}/b?snapshot=2018-01-01T00:00:00.0000000Z", "404 BlobNotFound"),
        ];

    private static IEnumerable<StorageRequest> Properties() =>
        [
            Ask("metadata", "PUT /{c}/b?comp=metadata", "200", "x-ms-meta-a: 2"),
            Ask("metadata of what is not there", "PUT /{c}/nowhere?comp=metadata", "404 BlobNotFound", "x-ms-meta-a: 2"),
            Ask("metadata without a name", "PUT /{c}/b?comp=metadata", "400 EmptyMetadataKey", "x-ms-meta-: 2"),
            Ask("too much metadata", "PUT /{c}/b?comp=metadata", "400 MetadataTooLarge", $"x-ms-meta-a: {new string('x', 8200)}"),
            Ask("get metadata", "GET /{c}/b?comp=metadata", "200"),
            Ask("headers", "PUT /{c}/b?comp=properties", "200", "x-ms-blob-content-language: sv"),
            Ask("get tags", "GET /{c}/tagged?comp=tags", "200"),
            new("tags", "PUT /{c}/tagged?comp=tags", "204")
            {
                Body = "<Tags><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tags>",
            },
            new("tags that are none", "PUT /{c}/tagged?comp=tags", "400 InvalidXmlDocument") { Body = "<Tags><TagSet>" },
            new("a tag with a character that it may not have", "PUT /{c}/tagged?comp=tags", "400 InvalidTag")
            {
                Body = "<Tags><TagSet><Tag><Key>a|</Key><Value>1</Value></Tag></TagSet></Tags>",
            },
            Ask("get under a condition on tags", "GET /{c}/tagged", "412 ConditionNotMet", "x-ms-if-tags: \"a\" = '9'"),
        ];

    private static IEnumerable<StorageRequest> Tiers() =>
        [
            Ask("tier", "PUT /{c}/b?comp=tier", "200", "x-ms-access-tier: Cool"),
            Ask("an unknown tier", "PUT /{c}/b?comp=tier", "400 InvalidHeaderValue", "x-ms-access-tier: Lukewarm"),
            Ask("no tier", "PUT /{c}/b?comp=tier", "400 MissingRequiredHeader"),
            Ask("tier of what is not there", "PUT /{c}/nowhere?comp=tier", "404 BlobNotFound", "x-ms-access-tier: Cool"),
            Put("put what goes to the archive", "cold", "201", "x", "x-ms-access-tier: Archive"),
            Ask("get from the archive", "GET /{c}/cold", "409 BlobArchived"),
            Ask("metadata in the archive", "PUT /{c}/cold?comp=metadata", "409 BlobArchived", "x-ms-meta-a: 1"),
            Ask("out of the archive", "PUT /{c}/cold?comp=tier", "202", "x-ms-access-tier: Hot"),
        ];

    private static IEnumerable<StorageRequest> Blocks() =>
        [
            new("block", $"PUT /{{c}}/blocks?comp=block&blockid={Block1}", "201") { Body = "one" },
            new("block without ID", "PUT /{c}/blocks?comp=block", "400 MissingRequiredQueryParameter") { Body = "one" },
            new("block with an ID that is no Base64", "PUT /{c}/blocks?comp=block&blockid=%21%21", "400 InvalidBlockId") { Body = "one" },
            new("block with an ID of another length", "PUT /{c}/blocks?comp=block&blockid=YQ%3D%3D", "400 InvalidBlobOrBlock")
            {
                Body = "one",
            },
            new("empty block", $"PUT /{{c}}/blocks?comp=block&blockid={Block1}", "400 InvalidHeaderValue") { Body = "" },
            Ask("blocks before there is a list", "GET /{c}/blocks?comp=blocklist&blocklisttype=all", "200"),
            Ask("get before there is a list", "GET /{c}/blocks", "404 BlobNotFound"),
            new("block list", "PUT /{c}/blocks?comp=blocklist", "201") { Body = $"<BlockList><Latest>{Block1}</Latest></BlockList>" },
            new("list of an unknown block", "PUT /{c}/blocks?comp=blocklist", "400 InvalidBlockList")
            {
                Body = "<BlockList><Latest>YmxvY2stMDAwOQ==</Latest></BlockList>",
            },
            new("list that is none", "PUT /{c}/blocks?comp=blocklist", "400 InvalidXmlDocument") { Body = "<BlockList><Latest>" },
            new("list if absent", "PUT /{c}/blocks?comp=blocklist", "409 BlobAlreadyExists")
            {
                Body = $"<BlockList><Latest>{Block1}</Latest></BlockList>",
                Headers = ["If-None-Match: *"],
            },
            Ask("blocks", "GET /{c}/blocks?comp=blocklist&blocklisttype=committed", "200"),
            Ask("blocks of an unknown kind", "GET /{c}/blocks?comp=blocklist&blocklisttype=some", "400 InvalidQueryParameterValue"),
            Ask("blocks of what is not there", "GET /{c}/nowhere?comp=blocklist", "404 BlobNotFound"),
        ];

    private static IEnumerable<StorageRequest> Appends() =>
        [
            Ask("append blob", "PUT /{c}/log", "201", AppendType),
            new("append blob with content", "PUT /{c}/n", "400 InvalidHeaderValue") { Body = "x", Headers = [AppendType] },
            new("append", "PUT /{c}/log?comp=appendblock", "201") { Body = "one\n" },
            new("append elsewhere", "PUT /{c}/log?comp=appendblock", "412 AppendPositionConditionNotMet")
            {
                Body = "two\n",
                Headers = ["x-ms-blob-condition-appendpos: 9"],
            },
            new("append beyond a size", "PUT /{c}/log?comp=appendblock", "412 MaxBlobSizeConditionNotMet")
            {
                Body = "two\n",
                Headers = ["x-ms-blob-condition-maxsize: 5"],
            },
            new("append to a block blob", "PUT /{c}/b?comp=appendblock", "409 InvalidBlobType") { Body = "x" },
            new("append to what is not there", "PUT /{c}/nowhere?comp=appendblock", "404 BlobNotFound") { Body = "x" },
            new("block of an append blob", $"PUT /{{c}}/log?comp=block&blockid={Block1}", "409 InvalidBlobType") { Body = "x" },
            Ask("blocks of an append blob", "GET /{c}/log?comp=blocklist", "409 InvalidBlobType"),
            Ask("tier of an append blob", "PUT /{c}/log?comp=tier", "409 InvalidBlobType", "x-ms-access-tier: Cool"),
        ];

    private static StorageRequest Leased(string name, string blob, string action, string answer, params string[] headers) =>
        Ask(name, $"PUT /{{c}}/{blob}?comp=lease", answer, [$"x-ms-lease-action: {action}", .. headers]);

    private static IEnumerable<StorageRequest> Leases() =>
        [
            Put("put what is leased", "leased", "201", "x"),
            Put("put what is leased badly", "leased-2", "201", "x"),
            Leased("lease for too short", "leased", "acquire", "400 InvalidHeaderValue", "x-ms-lease-duration: 5"),
            Leased(
                "lease with an ID that is none",
                "leased-2",
                "acquire",
                "400 InvalidHeaderValue",
                "x-ms-lease-duration: 15",
                "x-ms-proposed-lease-id: mine"
            ),
            Leased("unknown lease action", "leased", "borrow", "400 InvalidHeaderValue"),
            Leased("renew what was never leased", "leased", "renew", "409 LeaseIdMismatchWithLeaseOperation", $"x-ms-lease-id: {Lease}"),
            Leased("lease", "leased", "acquire", "201", "x-ms-lease-duration: 60", $"x-ms-proposed-lease-id: {Lease}"),
            Leased("lease with the same ID", "leased", "acquire", "201", "x-ms-lease-duration: 60", $"x-ms-proposed-lease-id: {Lease}"),
            Leased(
                "lease what is leased",
                "leased",
                "acquire",
                "409 LeaseAlreadyPresent",
                "x-ms-lease-duration: 60",
                $"x-ms-proposed-lease-id: {OtherLease}"
            ),
            Leased("renew", "leased", "renew", "200", $"x-ms-lease-id: {Lease}"),
            Leased("renew another's", "leased", "renew", "409 LeaseIdMismatchWithLeaseOperation", $"x-ms-lease-id: {OtherLease}"),
            Put("put without the lease", "leased", "412 LeaseIdMissing", "x"),
            Put("put with another's lease", "leased", "412 LeaseIdMismatchWithBlobOperation", "x", $"x-ms-lease-id: {OtherLease}"),
            Put("put with the lease", "leased", "201", "x", $"x-ms-lease-id: {Lease}"),
            Ask("tier without the lease", "PUT /{c}/leased?comp=tier", "412 LeaseIdMissing", "x-ms-access-tier: Cool"),
            Ask("tier with the lease", "PUT /{c}/leased?comp=tier", "200", "x-ms-access-tier: Cool", $"x-ms-lease-id: {Lease}"),
            Ask("get without the lease", "GET /{c}/leased", "200"),
            Ask("get with another's lease", "GET /{c}/leased", "412 LeaseIdMismatchWithBlobOperation", $"x-ms-lease-id: {OtherLease}"),
            Ask("snapshot without the lease", "PUT /{c}/leased?comp=snapshot", "201"),
            new("block without the lease", $"PUT /{{c}}/leased?comp=block&blockid={Block1}", "412 LeaseIdMissing") { Body = "x" },
            Ask("delete without the lease", "DELETE /{c}/leased", "412 LeaseIdMissing", "x-ms-delete-snapshots: include"),
            Leased("change the lease", "leased", "change", "200", $"x-ms-lease-id: {Lease}", $"x-ms-proposed-lease-id: {OtherLease}"),
            Leased("break the lease", "leased", "break", "202", "x-ms-lease-break-period: 0"),
            Leased("renew a broken one", "leased", "renew", "409 LeaseIsBrokenAndCannotBeRenewed", $"x-ms-lease-id: {OtherLease}"),
            Put("put with a broken lease", "leased", "412 LeaseLost", "x", $"x-ms-lease-id: {OtherLease}"),
            Leased("release a broken one", "leased", "release", "200", $"x-ms-lease-id: {OtherLease}"),
            Put(
                "put with a lease that was released",
                "leased",
                "412 LeaseNotPresentWithBlobOperation",
                "x",
                $"x-ms-lease-id: {OtherLease}"
            ),
        ];

    private static IEnumerable<StorageRequest> Snapshots() =>
        [
            Ask("snapshot", "PUT /{c}/b?comp=snapshot", "201"),
            Ask("snapshot of what is not there", "PUT /{c}/nowhere?comp=snapshot", "404 BlobNotFound"),
            Ask("delete with snapshots", "DELETE /{c}/b", "409 SnapshotsPresent"),
            Ask("delete the snapshots", "DELETE /{c}/b", "202", "x-ms-delete-snapshots: only"),
            Ask("delete snapshots of some kind", "DELETE /{c}/b", "400 InvalidHeaderValue", "x-ms-delete-snapshots: some"),
            Ask("delete", "DELETE /{c}/b", "202"),
            Ask("delete what is not there", "DELETE /{c}/b", "404 BlobNotFound"),
            Ask("undelete where nothing is kept", "PUT /{c}/b?comp=undelete", "404 BlobNotFound"),
        ];

    private static IEnumerable<StorageRequest> Copies() =>
        [
            Ask("copy", "PUT /{c}/copy", "202", "x-ms-copy-source: {source}"),
            Ask("copy from nowhere", "PUT /{c}/copy", "400 InvalidHeaderValue", "x-ms-copy-source: nowhere"),
            Ask(
                "copy if the source changed",
                "PUT /{c}/copy",
                "412 SourceConditionNotMet",
                "x-ms-copy-source: {source}",
                "x-ms-source-if-match: \"0x8D0000000000000\""
            ),
            Ask("copy if absent", "PUT /{c}/copy", "409 BlobAlreadyExists", "x-ms-copy-source: {source}", "If-None-Match: *"),
            Ask("copy over a blob of another type", "PUT /{c}/log", "409 InvalidBlobType", "x-ms-copy-source: {source}"),
            Ask(
                "abort a copy that is done",
                "PUT /{c}/copy?comp=copy&copyid=aaaaaaaa-0000-4000-8000-000000000009",
                "409 NoPendingCopyOperation",
                "x-ms-copy-action: abort"
            ),
        ];

    private static IEnumerable<StorageRequest> Listings() =>
        [
            Ask("list", "GET /{c}?restype=container&comp=list", "200"),
            Ask(
                "list all states",
                "GET /{c}?restype=container&comp=list&include=snapshots,metadata,uncommittedblobs,copy,deleted,tags",
                "200"
            ),
            Ask("list an unknown state", "GET /{c}?restype=container&comp=list&include=everything", "400 InvalidQueryParameterValue"),
            Ask("list nothing", "GET /{c}?restype=container&comp=list&maxresults=0", "400 OutOfRangeQueryParameterValue"),
            Ask("list no number", "GET /{c}?restype=container&comp=list&maxresults=many", "400 InvalidQueryParameterValue"),
            Ask("list by pages", "GET /{c}?restype=container&comp=list&maxresults=1", "200"),
            Ask("list where nothing is", "GET /missing?restype=container&comp=list", "404 ContainerNotFound"),
            Ask("containers", "GET /?comp=list", "200"),
        ];

    private static IEnumerable<StorageRequest> Containers() =>
        [
            Ask("container that is there", "PUT /{c}?restype=container", "409 ContainerAlreadyExists"),
            Ask("container with capitals", "PUT /Container?restype=container", "400 InvalidResourceName"),
            Ask("container with a short name", "PUT /ab?restype=container", "400 OutOfRangeInput"),
            Ask("container with two hyphens", "PUT /a--b?restype=container", "400 InvalidResourceName"),
            Ask("properties of a container", "GET /{c}?restype=container", "200"),
            Ask("properties of one that is not there", "HEAD /missing?restype=container", "404 ContainerNotFound"),
            Ask("delete one that is not there", "DELETE /missing?restype=container", "404 ContainerNotFound"),
            Ask(
                "lease a container",
                "PUT /{c}?restype=container&comp=lease",
                "201",
                "x-ms-lease-action: acquire",
                "x-ms-lease-duration: 60",
                $"x-ms-proposed-lease-id: {Lease}"
            ),
            Ask("delete a leased container", "DELETE /{c}?restype=container", "412 LeaseIdMissing"),
            Ask(
                "delete it with another's lease",
                "DELETE /{c}?restype=container",
                "412 LeaseIdMismatchWithContainerOperation",
                $"x-ms-lease-id: {OtherLease}"
            ),
            Ask(
                "release the container",
                "PUT /{c}?restype=container&comp=lease",
                "200",
                "x-ms-lease-action: release",
                $"x-ms-lease-id: {Lease}"
            ),
            Ask("account information", "GET /?restype=account&comp=properties", "200"),
        ];

    private static IEnumerable<StorageRequest> Protocol() =>
        [
            new("no version beside a signature", "GET /{c}/source", "200") { IsUnversioned = true },
            new("a version that is none", "GET /{c}/source", "400 InvalidHeaderValue")
            {
                IsUnversioned = true,
                Headers = ["x-ms-version: latest"],
            },
            new("nobody", "GET /{c}/source", "401 NoAuthenticationInformation") { IsUnsigned = true },
            new("a forged key", "GET /{c}/source", "403 AuthenticationFailed")
            {
                IsUnsigned = true,
                Headers = ["Authorization: SharedKey {account}:AAAA", "x-ms-date: {now}"],
            },
            new("a key of long ago", "GET /{c}/source", "403 AuthenticationFailed")
            {
                IsUnsigned = true,
                Headers = ["Authorization: SharedKey {account}:AAAA", "x-ms-date: Mon, 01 Jan 2018 00:00:00 GMT"],
            },
            new("a scheme that is none", "GET /{c}/source", "400 InvalidAuthenticationInfo")
            {
                IsUnsigned = true,
                Headers = ["Authorization: Basic AAAA"],
            },
            Ask("a method that is none", "PATCH /{c}/source", "405 UnsupportedHttpVerb"),
        ];
}
