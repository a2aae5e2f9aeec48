//! What a name that means nothing was most likely meant to be.

/// What words of a name are joined by: `bucket_name`, `web-shop`, `aws.s3_deploy`.
const JOINTS: &[char] = &['_', '-', '.'];
/// The fewest letters of a word that stands for a longer name.
const LEAST_WORD: usize = 3;
/// The fewest letters of what stands for a longer word: `repo` for `repository`.
const LEAST_START: usize = 4;

/// The candidate that `name` most likely means: the nearest in spelling, or else the only one that has all its words and
/// more, as `bucket_name` for `bucket`, or begins with it, as `repository` for `repo`.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    nearest_spelling(name, candidates.iter().copied()).or_else(|| {
        let lower = name.to_lowercase();
        let mut longer = candidates.into_iter().filter(|candidate| lengthens(&lower, candidate));
        let found = longer.next()?;
        longer.all(|other| other == found).then_some(found)
    })
}

/// The candidate nearest to `name`, if it is near enough to be what was meant.
#[must_use]
pub fn nearest_spelling<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 4);
    let lower = name.to_lowercase();
    let length = lower.len();
    candidates
        .into_iter()
        // A letter has at most four bytes.
        .filter(|candidate| candidate.len().abs_diff(length) <= 4 * limit)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether `candidate` is the name, in lower case, with more words, or a longer form of its only word.
fn lengthens(name: &str, candidate: &str) -> bool {
    let candidate = candidate.to_lowercase();
    let letters = name.chars().count();
    let words = letters >= LEAST_WORD
        && (candidate.strip_prefix(name).is_some_and(|rest| rest.starts_with(JOINTS))
            || candidate.strip_suffix(name).is_some_and(|rest| rest.ends_with(JOINTS)));
    words
        || (letters >= LEAST_START
            && !name.contains(JOINTS)
            && candidate.starts_with(name)
            && candidate != name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_letter_or_two_may_be_wrong() {
        assert_eq!(nearest("artifact_bukcet", ["artifact_bucket", "role"]), Some("artifact_bucket"));
        assert_eq!(nearest("x", ["y"]), None);
    }

    #[test]
    fn words_may_be_left_out() {
        let fields = ["bucket_name", "object_key", "kms_encryption_key_arn", "repository", "template_path"];
        assert_eq!(nearest("bucket", fields), Some("bucket_name"));
        assert_eq!(nearest("arn", fields), Some("kms_encryption_key_arn"));
        assert_eq!(nearest("repo", fields), Some("repository"));
        assert_eq!(nearest("Bucket", fields), Some("bucket_name"));
        assert_eq!(nearest("codebuild", ["aws.codebuild", "aws.codedeploy"]), Some("aws.codebuild"));
    }

    #[test]
    fn what_could_mean_several_means_none() {
        assert_eq!(nearest("template", ["template_path", "template_configuration"]), None);
        assert_eq!(nearest("key", ["object_key", "encryption_key"]), None);
    }

    #[test]
    fn part_of_a_word_is_no_word() {
        assert_eq!(nearest("cket", ["bucket_name"]), None);
        assert_eq!(nearest("id", ["project_id"]), None);
        assert_eq!(nearest("rep", ["repository"]), None);
    }
}
