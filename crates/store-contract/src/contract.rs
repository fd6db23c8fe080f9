/// Runs every promise on an engine.
#[macro_export]
macro_rules! contract {
    ($engine:ty) => {
        $crate::contract! {
            $engine:
            unknown_article_has_no_counts_copy_or_votes,
            apply_returns_one_tally_per_article_in_order,
            sites_share_no_counts,
            fingerprint_votes_once_a_day_and_is_counted_apart,
            fingerprint_reads_and_shares_count_once,
            another_counters_client_is_counted_apart,
            erase_visitor_leaves_no_vote,
            unchanged_article_update_keeps_the_revision,
            starting_count_replaces_the_one_before,
            articles_are_listed_by_key,
            removing_a_copy_keeps_the_counts,
            removed_article_starts_from_zero,
            poll_opens_at_tenth_event_or_newsroom_update,
            an_import_that_opens_a_poll_earlier_makes_another_version,
            events_of_other_clients_open_the_poll_once_each,
            empty_registration_survives_reopening_and_export,
            prune_removes_only_articles_that_readers_created,
            reopened_store_has_all_data,
            concurrent_writers_lose_and_double_nothing,
            any_history_matches_the_model,
            long_history_matches_the_model,
            stores_agree_after_importing_each_other,
            import_keeps_the_newest_vote,
            import_skips_conflicting_articles_with_a_reason,
            import_dry_run_reports_and_changes_nothing,
            import_takes_more_votes_than_a_batch_holds,
            repeated_vote_lines_of_an_import_are_one_reader,
            import_gives_an_alias_to_the_first_article_that_claims_it,
            starting_counts_of_merged_articles_are_capped,
            sums_of_a_site_never_overflow,
            a_count_is_at_most_what_a_browser_can_show,
            an_article_never_has_more_counts_than_an_export_holds,
            databases_are_imported_in_any_order,
            admission_is_called_for_new_events_only,
            aliases_are_listed_and_lead_to_their_article,
            merged_article_keeps_digests_after_clock_change,
            recent_changes_are_by_article_and_day,
            recent_changes_respect_the_filter,
            recent_changes_name_the_opening_day_of_polls,
            recent_changes_mark_articles_of_the_newsroom,
            recent_changes_leave_out_removed_keys_and_aliases,
            days_of_an_article_are_those_of_all_its_sources,
            a_period_has_the_sums_of_each_article,
            days_of_a_site_are_the_sums_of_its_articles,
            an_index_has_every_article_with_its_totals,
            an_index_follows_every_change,
            hours_of_a_site_are_the_sums_of_its_articles,
            an_erased_vote_leaves_the_hours_of_others,
            hours_of_an_erased_vote_move_or_stay,
            recent_hours_are_reads_of_each_article,
            now_has_what_its_queries_find,
            a_typical_start_is_the_median_articles,
            hours_move_with_an_export,
            imported_hours_of_a_site_are_no_more_than_its_day,
            a_period_of_rollups_has_the_sums_of_its_days,
            user_is_replaced_only_by_who_knows_the_stored_one,
            one_of_concurrent_swaps_of_a_user_succeeds,
            sessions_and_links_survive_reopening_and_expire,
            audit_log_is_newest_first_and_ends_after_a_year,
            refused_events_are_summed_over_processes,
            refused_events_of_restarts_are_kept,
            refused_events_of_an_article_are_summed_over_days,
            refused_events_of_an_article_move_with_its_key,
            an_articles_poll_is_kept_and_changes_its_revision,
            an_articles_poll_outlives_its_copy_but_not_the_article,
            an_articles_poll_moves_with_its_article,
            an_articles_poll_is_exported_and_an_existing_one_kept
        }
    };
    ($engine:ty: $($promise:ident),*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let engine = <$engine as $crate::Engine>::new();
            $crate::contract::$promise(&engine).await;
            $crate::Engine::check(&engine);
        })*
    };
}

pub use super::{
    accounts::*, admission::*, aliases::*, articles::*, events::*, fingerprints::*, history::*,
    hostile_imports::*, hours::*, import_export::*, newsroom::*, now::*, poll_opening::*, polls::*,
    recent::*, refused::*, rollups::*,
};
